package maia.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import maia.npl.Program;
import maia.numerics.PackedWeights;

/// The bytes of the arrays that a program writes, to put back later.
final class Memento {
  private record Bytes(MemorySegment memory, byte[] content) {}

  private final List<Bytes> kept = new ArrayList<>();

  private Memento() {}

  static Memento of(Program program, Launch launch) {
    var memento = new Memento();
    int count = Math.min(program.arrays().size(), launch.arrays().size());
    for (int i = 0; i < count; i++) {
      MemorySegment memory = launch.arrays().get(i).segment();
      if (program.arrays().get(i).access() != Program.Access.IN && memory.byteSize() > 0) {
        memento.kept.add(new Bytes(memory, memory.toArray(ValueLayout.JAVA_BYTE)));
      }
    }
    return memento;
  }

  void restore() {
    for (Bytes b : kept) {
      MemorySegment.copy(b.content(), 0, b.memory(), ValueLayout.JAVA_BYTE, 0, b.content().length);
      PackedWeights.written(b.memory());
    }
  }
}
