package maia.kernel.ir;

import java.util.Locale;
import maia.base.Check;

/// How a kernel asks for its grid to be laid over the chip; what it leaves open the compiler
/// decides.
///
/// @param path how blocks that several tiles of a cluster read come to them
/// @param down lanes of a cluster along grid dimension 0, or 0 when open
/// @param across lanes of a cluster along grid dimension 1, or 0 when open
public record Mapping(Path path, int down, int across) {
  /// The way of shared blocks into tile memory.
  public enum Path {
    /// The compiler decides by its model, load by load.
    AUTO,
    /// Every tile loads for itself.
    DIRECT,
    /// The cluster DMA loads into cluster memory, once for all tiles that read a block.
    STAGED,
    /// As [#STAGED], and a cluster goes along the rows of the grid: blocks that depend on dimension
    /// 0 only stay in cluster memory until it begins another row.
    KEEP_ROWS,
    /// As [#STAGED], and a cluster goes along the columns of the grid: blocks that depend on
    /// dimension 1 only stay in cluster memory until it begins another column.
    KEEP_COLUMNS;

    /// Whether every block that lanes share is loaded by the cluster.
    public boolean isStaged() {
      return this == STAGED || kept() >= 0;
    }

    /// The grid dimension whose blocks stay in cluster memory, or -1.
    public int kept() {
      return switch (this) {
        case AUTO, DIRECT, STAGED -> -1;
        case KEEP_ROWS -> 0;
        case KEEP_COLUMNS -> 1;
      };
    }
  }

  /// Everything is open.
  public static final Mapping AUTO = new Mapping(Path.AUTO, 0, 0);

  public Mapping {
    Check.argument(
        (down == 0) == (across == 0) && down >= 0 && across >= 0,
        "mapping: lanes are two positive numbers, or both 0 to leave them open; were %d x %d",
        down,
        across);
  }

  /// Whether the rectangle of lanes is given.
  public boolean hasLanes() {
    return down > 0;
  }

  /// As in the text of a function, such as `staged 3x3`.
  @Override
  public String toString() {
    String name = path.name().toLowerCase(Locale.ROOT);
    return hasLanes() ? name + " " + down + "x" + across : name;
  }
}
