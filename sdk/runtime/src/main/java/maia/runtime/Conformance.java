package maia.runtime;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import maia.base.Rich;
import maia.runtime.ops.DeviceOps;

/// Which operations of tensors the simulated chip computes, from which element types, and how near
/// its results are to the host's.
///
/// @param lines one per operation, family by family
public record Conformance(List<Line> lines) implements Rich {
  public Conformance {
    lines = List.copyOf(lines);
  }

  /// What holds for one operation.
  ///
  /// @param family the kind of operation
  /// @param name as messages and profiles name it
  /// @param op the class of the operation in room tensor, as in `Unary.Exp`
  /// @param types the element types it takes, in words
  /// @param rule `bits equal`, a bound with its reason, or why the chip refuses it
  public record Line(String family, String name, String op, String types, String rule) {}

  /// The table of this version; it is made of what dispatches the operations, and tests hold it
  /// against the host.
  public static Conformance table() {
    return new Conformance(
        DeviceOps.table().rows().stream()
            .map(r -> new Line(r.family(), r.name(), r.op(), r.types(), r.rule().toString()))
            .toList());
  }

  /// The table in Markdown.
  public String markdown() {
    return """
    # Operations on the chip

    Every operation of room `tensor`, what the simulated chip takes for it, and how near its results are to those of the host. `sdk/runtime`
    dispatches by this table and tests run it: a part in every build, all of it over element types and shapes (ragged, empty, without
    dimensions, not contiguous) with the command beside profile `conformance` in `pom.xml`. The page is made by `Conformance.table()`.

    - %s; blocks: the MX formats and NVFP4. The chip has no f64 and no tf32: tensors of those types can lie in its memory, and every operation on them is refused by name.
    - Integers are computed in 64 bits and keep their low bits, as on the host; a result beyond 64 bits stops the run. Conversions of values that do not fit saturate, where the host refuses them.
    - Sums of a row that one tile holds have the order of contract 1; longer ones are added block by block, so that their last bits may differ.
    - An index outside a tensor stops the run with the place in the kernel.
    - What is refused runs on the host when that is asked for: `x.to(Device.cpu())`, the operation, then `to(Device.maia())`. Nothing falls back in silence.

    | Family | Operation | In room tensor | Takes | Against the host |
    | --- | --- | --- | --- | --- |
    %s
    """
        .formatted(
            DeviceOps.legend(),
            lines.stream()
                .map(l ->
                    "| %s | %s | `%s` | %s | %s |"
                        .formatted(l.family, l.name, l.op, l.types, l.rule))
                .collect(Collectors.joining("\n")));
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/markdown", markdown(), "text/plain", toString());
  }

  /// One line per operation.
  @Override
  public String toString() {
    return lines.stream()
        .map(l -> String.format("%-22s %-34s %-24s %s", l.family, l.name, l.types, l.rule))
        .collect(Collectors.joining("\n"));
  }
}
