package maia.lab;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Rich;
import maia.machine.Machine;
import maia.npl.Program;
import maia.npl.Space;

/// The buffers of a program side by side in the memory they need, slot by slot.
///
/// @param title the heading
/// @param memories tile memory, and cluster memory when it is used
public record MemoryMap(String title, List<Memory> memories) implements Rich {
  private static final int TOP = 40;
  private static final int LEFT = 20;
  private static final int ROW = 20;

  /// A memory and what lies in it.
  ///
  /// @param name its name
  /// @param bytes its capacity
  /// @param buffers the buffers, in order of address
  public record Memory(String name, long bytes, List<Program.Buffer> buffers) {
    public Memory {
      buffers = List.copyOf(buffers);
    }

    private long used() {
      return buffers.stream().mapToLong(Program.Buffer::bytes).sum();
    }
  }

  public MemoryMap {
    memories = List.copyOf(memories);
  }

  /// The buffers of `program` on `machine`.
  public static MemoryMap of(Program program, Machine machine) {
    List<Memory> memories = new ArrayList<>();
    List<Program.Buffer> tile =
        program.buffers().stream().filter(b -> b.space() != Space.CSRAM).toList();
    List<Program.Buffer> cluster =
        program.buffers().stream().filter(b -> b.space() == Space.CSRAM).toList();
    memories.add(new Memory("memory of a tile", machine.tsram().bytes(), tile));
    if (!cluster.isEmpty()) {
      memories.add(new Memory("memory of a cluster", machine.csram().bytes(), cluster));
    }
    return new MemoryMap("memory of " + program.name() + " on " + machine.name(), memories);
  }

  Drawing drawing() {
    int high = TOP;
    for (Memory memory : memories) {
      high += 84 + ROW * memory.buffers().size();
    }
    Drawing drawing = new Drawing(Figures.WIDTH + 60, high);
    drawing.title(title);
    double y = TOP;
    for (Memory memory : memories) {
      memory(drawing, memory, y);
      y += 84 + (double) ROW * memory.buffers().size();
    }
    return drawing;
  }

  /// The bar spans what is used; how much of the memory that is stands beside it.
  private static void memory(Drawing drawing, Memory memory, double top) {
    double wide = drawing.width() - 2.0 * LEFT;
    long used = Math.max(1, memory.used());
    Color[] colours = Palette.series();
    drawing.word(LEFT, top + 14, heading(memory), Drawing.Anchor.START);
    double x = LEFT;
    for (int b = 0; b < memory.buffers().size(); b++) {
      Program.Buffer buffer = memory.buffers().get(b);
      double part = wide * buffer.bytes() / used;
      for (int slot = 0; slot < buffer.slots(); slot++) {
        double each = part / buffer.slots();
        drawing.box(x + slot * each, top + 22, Math.max(0.5, each - 1), 30, colours[b % 7]);
      }
      x += part;
      double y = top + 68 + (double) ROW * b;
      drawing.box(LEFT, y - 10, 12, 12, colours[b % 7]);
      drawing.word(LEFT + 20, y, row(buffer), Drawing.Anchor.START);
    }
  }

  private static String heading(Memory memory) {
    return String.format(
        Locale.ROOT,
        "%s: %,d of %,d KiB used, %.1f %%",
        memory.name(),
        Math.ceilDiv(memory.used(), 1024),
        memory.bytes() >> 10,
        100.0 * memory.used() / memory.bytes());
  }

  private static String row(Program.Buffer buffer) {
    return String.format(
        Locale.ROOT,
        "%s  %s%s x%d, %,d bytes",
        buffer.name(),
        buffer.type().label(),
        buffer.shape(),
        buffer.slots(),
        buffer.bytes());
  }

  /// The drawing.
  public Figure figure() {
    return drawing().figure(toString());
  }

  @Override
  public Map<String, String> mime() {
    return figure().mime();
  }

  /// Each memory with its buffers.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title);
    for (Memory memory : memories) {
      text.append('\n').append(heading(memory));
      memory.buffers().forEach(buffer -> text.append("\n  ").append(row(buffer)));
    }
    return text.toString();
  }
}
