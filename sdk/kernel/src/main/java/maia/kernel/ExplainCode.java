package maia.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import maia.kernel.Explanation.Section;
import maia.kernel.ir.Func;
import maia.machine.Machine;
import maia.npl.Program;
import maia.npl.Space;

/// The parts of an explanation that show code: the function, the queues, the memory.
final class ExplainCode {
  private static final String AT = " @ ";

  private ExplainCode() {}

  /// Each operation beside the line it came from.
  static Section source(Func func) {
    List<List<String>> rows = new ArrayList<>();
    String before = "";
    for (String line : func.toString().lines().toList()) {
      int at = line.lastIndexOf(AT);
      String place = at < 0 ? "" : line.substring(at + AT.length()).strip();
      rows.add(List.of(place.equals(before) ? "" : place, at < 0 ? line : line.substring(0, at)));
      before = place;
    }
    return new Section("each line and what it recorded", List.of("line", "operation"), rows);
  }

  /// The queues in columns, each from its first instruction down.
  static Section queues(Program program) {
    List<String> names = new ArrayList<>();
    List<List<String>> columns = new ArrayList<>();
    for (Program.Queue queue : program.queues()) {
      names.add(queue.name());
      columns.add(new ArrayList<>());
    }
    int current = -1;
    for (String line : program.toString().lines().toList()) {
      if (line.startsWith("  queue ")) {
        current++;
      } else if (current >= 0) {
        columns.get(current).add(instruction(line.substring("    ".length())));
      }
    }
    int longest = columns.stream().mapToInt(List::size).max().orElse(0);
    List<List<String>> rows = new ArrayList<>();
    for (int r = 0; r < longest; r++) {
      List<String> row = new ArrayList<>();
      for (List<String> column : columns) {
        row.add(r < column.size() ? column.get(r) : "");
      }
      rows.add(row);
    }
    return new Section("the queues of a tile, side by side", names, rows);
  }

  /// An instruction with its line in front and without its file.
  private static String instruction(String line) {
    int at = line.lastIndexOf(AT.stripLeading());
    if (at < 0) {
      return line;
    }
    String place = line.substring(at + 2);
    int colon = place.lastIndexOf(':', place.contains(" (") ? place.indexOf(" (") : place.length());
    int end = place.contains(" (") ? place.indexOf(" (") : place.length();
    String number = place.substring(colon + 1, end).strip();
    return String.format(Locale.ROOT, "%3s ", number) + line.substring(0, at).stripTrailing();
  }

  /// Every buffer with its slots, bytes, share of the memory and line.
  static Section memory(Compiled compiled, Machine machine) {
    Program program = compiled.program();
    List<List<String>> rows = new ArrayList<>();
    for (Program.Buffer buffer : program.buffers()) {
      rows.add(
          List.of(
              buffer.name(),
              buffer.type().label() + buffer.shape(),
              "x" + buffer.slots(),
              String.valueOf(buffer.bytes()),
              share(buffer, machine),
              line(compiled.memory(), buffer.name())));
    }
    long used =
        program.buffers().stream()
            .filter(b -> b.space() != Space.CSRAM)
            .mapToLong(Program.Buffer::bytes)
            .sum();
    rows.add(
        List.of(
            "tile total",
            "",
            "",
            String.valueOf(used),
            percent(used, machine.tsram().bytes()) + " of tile",
            ""));
    return new Section(
        "memory", List.of("buffer", "type", "slots", "bytes", "share", "line"), rows);
  }

  private static String share(Program.Buffer buffer, Machine machine) {
    return buffer.space() == Space.CSRAM
        ? percent(buffer.bytes(), machine.csram().bytes()) + " of cluster"
        : percent(buffer.bytes(), machine.tsram().bytes()) + " of tile";
  }

  static String percent(long part, long whole) {
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }

  /// The place that the memory map of the compiler names for a buffer.
  private static String line(String map, String buffer) {
    return map.lines()
        .filter(row -> row.startsWith(buffer + " "))
        .map(row -> row.replaceFirst("^\\S+\\s+\\S+\\s+\\S+\\s+\\S+\\s*", ""))
        .findFirst()
        .orElse("");
  }
}
