package maia.kernel.lower;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Type;
import maia.kernel.lower.Node.Queue;
import maia.machine.Machine;

/// Decides how many slots each buffer has, so that all fit into the tile's memory. Where they do
/// not, buffers that are never needed at the same time share memory first; see [Lifetimes].
final class Memory {
  private Memory() {}

  /// Gives each buffer the slots it must have, then second slots while memory lasts: to loads
  /// first, so that the next program's loads overlap this one's end.
  static void assign(
      String kernel, Section root, List<Buf> buffers, Panels panels, Machine machine) {
    long capacity = machine.tsram().bytes();
    List<Buf> memory = memory(buffers);
    memory.forEach(buf -> buf.slots = isInLoop(buf) ? buf.home.stages() : buf.fewest);
    long used = bytes(memory);
    if (used > capacity) {
      Lifetimes.share(memory);
      used = bytes(memory);
    }
    if (used > capacity) {
      Buf largest = memory.stream().max(Comparator.comparingLong(Buf::bytes)).orElseThrow();
      throw new KernelException(
          Mistake.OUT_OF_MEMORY,
          "kernel '%s' does not fit into the %d KiB of a tile's memory of %s: it needs %d KiB; make blocks smaller or use fewer stages\n%s"
              .formatted(
                  kernel,
                  capacity >> 10,
                  machine.name(),
                  Math.ceilDiv(used, 1024),
                  map(buffers, panels)),
          largest.origin);
    }
    spread(memory, root, capacity - used);
  }

  /// Deals what is left.
  private static void spread(List<Buf> memory, Section root, long left) {
    for (Buf.Role role : Buf.Role.values()) {
      for (Buf buf : memory) {
        while (buf.role == role
            && buf.slots < buf.most
            && wantsTwo(buf, root)
            && buf.slotBytes() <= left) {
          buf.slots++;
          left -= buf.slotBytes();
        }
      }
    }
  }

  private static long bytes(List<Buf> memory) {
    return memory.stream().mapToLong(Buf::bytes).sum();
  }

  /// Whether the buffer is loaded in a loop, whose stages say how many slots it has.
  static boolean isInLoop(Buf buf) {
    return buf.role == Buf.Role.LOADED && !buf.home.isPerProgram();
  }

  /// A second slot helps where two queues hand the buffer over; a load in a loop has the stages it
  /// was given.
  private static boolean wantsTwo(Buf buf, Section root) {
    return buf.hasMemory() && !isInLoop(buf) && Touching.queues(buf, root).size() > 1;
  }

  private static List<Buf> memory(List<Buf> buffers) {
    return buffers.stream().filter(b -> b.role != Buf.Role.ARRAY).toList();
  }

  /// A table of buffers with slots, bytes and lines; what shares memory names the buffer that has
  /// it.
  static String map(List<Buf> buffers, Panels panels) {
    StringBuilder text = new StringBuilder(row("buffer", "type", "slots", "bytes", "line"));
    long total = 0;
    for (Buf buf : memory(buffers)) {
      String type = buf.dtype.label() + Type.sizes(buf.box).transform(sizes -> "[" + sizes + "]");
      text.append(
          row(
              buf.name,
              type,
              buf.hasMemory() ? String.valueOf(buf.slots) : "in",
              buf.hasMemory() ? String.valueOf(buf.bytes()) : buf.holder().name,
              buf.origin.toString()));
      total += buf.bytes();
    }
    text.append(row("total", "", "", String.valueOf(total), ""));
    for (Share share : panels.shares()) {
      if (share.isPushed()) {
        continue; // tile memory, listed above
      }
      for (Share.Panel panel : share.panels()) {
        int slots = share.turns() * share.parts();
        text.append(
            row(
                panel.name(),
                panel.like().dtype.label() + "[" + Type.sizes(panel.like().box) + "]",
                String.valueOf(slots),
                String.valueOf(slots * panel.like().slotBytes()),
                panel.origin() + " (cluster)"));
      }
    }
    return text.toString();
  }

  private static String row(String name, String type, String slots, String bytes, String line) {
    return String.format(Locale.ROOT, "%-16s %-20s %5s %9s  %s", name, type, slots, bytes, line)
            .stripTrailing()
        + "\n";
  }

  /// Which queues touch a buffer.
  static final class Touching {
    private Touching() {}

    static Set<Queue> queues(Buf buf, Section section) {
      Set<Queue> found = new LinkedHashSet<>();
      for (Node node : section.nodes()) {
        if (node instanceof Node.Step step
            && step.touches().stream().anyMatch(t -> t.buf() == buf)) {
          found.add(step.queue());
        }
        if (node instanceof Node.Fetch fetch && fetch.buf() == buf) {
          found.addAll(fetch.queues());
        }
        node.sections().forEach(inner -> found.addAll(queues(buf, inner)));
      }
      return found;
    }
  }
}
