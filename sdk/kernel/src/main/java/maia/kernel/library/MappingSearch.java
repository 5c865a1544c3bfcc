package maia.kernel.library;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Check;
import maia.base.Rich;
import maia.base.Stop;
import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.ir.Mapping.Path;
import maia.machine.Machine;

/// Every legal way to lay a matrix product over a chip, timed by a model: rectangles of lanes,
/// numbers of programs, block sizes, depths and stages whose buffers fit into tile memory.
///
/// @param problem the product
/// @param machine the machine
/// @param considered how many mappings there are
/// @param ranking the best of them, the shortest modelled time first
public record MappingSearch(
    Blocks.Problem problem, Machine machine, int considered, List<Mapping> ranking)
    implements Rich {
  /// A way to lay a product over the chip.
  ///
  /// @param down lanes of a cluster that split rows
  /// @param across lanes of a cluster that split columns
  /// @param rows programs that share the rows, a multiple of `down`
  /// @param columns programs that share the columns, a multiple of `across`
  /// @param blocks the largest block of a program, its depth and stages
  /// @param path how shared blocks come to the tiles
  /// @param modelCycles modelled time in cycles of the tile clock
  public record Mapping(
      int down, int across, int rows, int columns, Blocks blocks, Path path, double modelCycles) {
    /// The launch of a product kernel of the library, such as [Matmul#KERNEL], with this mapping.
    public KernelLaunch launch(Kernel kernel) {
      return layout().launch(kernel);
    }

    private Layout layout() {
      return new Layout(down, across, rows, columns, blocks, path);
    }

    private Mapping on(Path chosen) {
      return new Mapping(down, across, rows, columns, blocks, chosen, modelCycles);
    }
  }

  /// Times a mapping; the field `modelCycles` of what it is given is 0.
  @FunctionalInterface
  public interface Model {
    /// Modelled time in cycles of the tile clock.
    double cycles(Mapping mapping);
  }

  public MappingSearch {
    ranking = List.copyOf(ranking);
    Check.argument(
        !ranking.isEmpty(),
        "no block of a %dx%dx%d product fits into a tile of %s",
        problem.m(),
        problem.n(),
        problem.k(),
        machine.name());
  }

  /// The best `kept` mappings by the model that the library's own launches are chosen with.
  public static MappingSearch of(Blocks.Problem problem, Machine machine, int kept) {
    LayoutModel model = new LayoutModel(problem, machine, Path.AUTO);
    List<Layout> layouts = Layout.legal(problem, machine);
    checkKept(kept);
    List<Mapping> ranking =
        Layout.shortest(layouts, model, kept).stream()
            .map(t -> mapping(t.layout(), t.cycles()).on(model.pathOf(t.layout())))
            .toList();
    return new MappingSearch(problem, machine, layouts.size(), ranking);
  }

  /// The best `kept` mappings by another model.
  public static MappingSearch of(Blocks.Problem problem, Machine machine, int kept, Model model) {
    List<Mapping> timed = new ArrayList<>();
    for (Layout layout : Layout.legal(problem, machine)) {
      Stop.poll("mapping search");
      timed.add(mapping(layout, model.cycles(mapping(layout, 0))));
    }
    return ranked(problem, machine, timed, kept);
  }

  private static Mapping mapping(Layout layout, double cycles) {
    return new Mapping(
        layout.down(),
        layout.across(),
        layout.rows(),
        layout.columns(),
        layout.blocks(),
        layout.path(),
        cycles);
  }

  private static MappingSearch ranked(
      Blocks.Problem problem, Machine machine, List<Mapping> timed, int kept) {
    checkKept(kept);
    int considered = timed.size();
    timed.sort(
        Comparator.comparingDouble(Mapping::modelCycles)
            .thenComparing(m -> m.rows() * m.columns())
            .thenComparing(Mapping::down)); // stable: of equals the first
    return new MappingSearch(
        problem, machine, considered, timed.subList(0, Math.min(kept, considered)));
  }

  private static void checkKept(int kept) {
    Check.argument(
        kept > 0, "mapping search: at least one mapping must be kept, asked for %d", kept);
  }

  /// The mapping with the shortest modelled time.
  public Mapping best() {
    return ranking.getFirst();
  }

  /// The names of the columns of [#rows].
  public List<String> columns() {
    return List.of(
        "lanes", "programs", "BM", "BN", "BK", "stages", "model cycles", "of the best %");
  }

  /// One row of texts per kept mapping.
  public List<List<String>> rows() {
    return ranking.stream()
        .map(m ->
            List.of(
                m.down() + "x" + m.across(),
                m.rows() + "x" + m.columns(),
                String.valueOf(m.blocks().bm()),
                String.valueOf(m.blocks().bn()),
                String.valueOf(m.blocks().bk()),
                String.valueOf(m.blocks().stages()),
                String.format(Locale.ROOT, "%.0f", m.modelCycles()),
                String.format(Locale.ROOT, "%.1f", 100 * m.modelCycles() / best().modelCycles())))
        .toList();
  }

  private String summary() {
    return String.format(
        Locale.ROOT,
        "%dx%dx%d %s on %s: %,d legal mappings, the best %d",
        problem.m(),
        problem.n(),
        problem.k(),
        problem.x().label(),
        machine.name(),
        considered,
        ranking.size());
  }

  @Override
  public Map<String, String> mime() {
    StringBuilder html =
        new StringBuilder("<p>").append(summary()).append("</p><table><thead><tr>");
    columns().forEach(c -> html.append("<th>").append(c).append("</th>"));
    html.append("</tr></thead><tbody>");
    for (List<String> row : rows()) {
      html.append("<tr>");
      row.forEach(cell -> html.append("<td>").append(cell).append("</td>"));
      html.append("</tr>");
    }
    return Rich.bundle(
        "text/html", html.append("</tbody></table>").toString(), "text/plain", toString());
  }

  /// The summary and a row per kept mapping.
  @Override
  public String toString() {
    String format = "%6s %9s %5s %5s %5s %7s %13s %14s\n";
    StringBuilder text = new StringBuilder(summary()).append('\n');
    text.append(format.formatted(columns().toArray()));
    rows().forEach(row -> text.append(format.formatted(row.toArray())));
    return text.toString();
  }
}
