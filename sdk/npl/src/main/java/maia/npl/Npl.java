package maia.npl;

import java.util.Set;
import java.util.function.Consumer;
import maia.base.Origin;

/// Programs written by hand, and programs read from text.
public final class Npl {
  /// For `mma`: start the sum anew.
  public static final Expr CLEAR = Expr.ONE;

  /// For `mma`: add to what the accumulator holds.
  public static final Expr ADD = Expr.ZERO;

  static final Set<Class<?>> OWN =
      Set.of(Npl.class, TileProgram.class, QueueBuilder.class, HbmArray.class, OnChip.class);

  private Npl() {}

  /// The program that `body` describes. It runs on one tile unless [TileProgram#everyTile] is
  /// called; Java loops unroll, [QueueBuilder#repeat] is a loop of the control processor.
  public static Program program(String name, Consumer<TileProgram> body) {
    var builder = new TileProgram(name, Origin.caller(OWN));
    body.accept(builder);
    return builder.build();
  }

  /// The program a text describes, see [NplText].
  public static Program parse(String text) {
    return NplText.parse(text);
  }
}
