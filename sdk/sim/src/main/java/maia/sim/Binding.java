package maia.sim;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import maia.base.Check;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;
import maia.numerics.Array;
import maia.numerics.BlockFormat;
import maia.numerics.DType;

/// The arguments of a launch, checked against the parameters of a program.
final class Binding {
  final Program program;
  final Machine machine;
  final BoundArray[] arrays;
  private final Map<String, Integer> arrayIndex = new HashMap<>();
  private final Map<String, Integer> bufferIndex = new HashMap<>();
  private final Map<String, Integer> familyIndex = new HashMap<>();
  private final Map<String, Number> scalars = new HashMap<>();

  Binding(Program program, Machine machine, Launch launch) {
    this.program = program;
    this.machine = machine;
    count("arrays", program.arrays().size(), launch.arrays().size());
    count("scalars", program.scalars().size(), launch.scalars().size());
    arrays = new BoundArray[program.arrays().size()];
    boolean computes = launch.options().values() == Options.Values.COMPUTE;
    for (int i = 0; i < arrays.length; i++) {
      var param = program.arrays().get(i);
      check(param, launch.arrays().get(i), computes);
      arrays[i] = new BoundArray(param, launch.arrays().get(i));
      arrayIndex.put(param.name(), i);
    }
    for (int i = 0; i < program.scalars().size(); i++) {
      scalars.put(program.scalars().get(i).name(), launch.scalars().get(i));
    }
    for (int i = 0; i < program.buffers().size(); i++) {
      bufferIndex.put(program.buffers().get(i).name(), i);
    }
    for (int i = 0; i < program.semaphores().size(); i++) {
      familyIndex.put(program.semaphores().get(i).name(), i);
    }
  }

  private Origin origin() {
    return new Origin(program.name(), 1, "");
  }

  private NplException refuse(Category category, String format, Object... values) {
    return new NplException(category, format.formatted(values), origin());
  }

  private void count(String what, int wanted, int found) {
    if (wanted != found) {
      throw refuse(
          Category.STRUCTURE,
          "program '%s' takes %d %s, the launch has %d",
          program.name(),
          wanted,
          what,
          found);
    }
  }

  private void check(Program.ArrayParam param, Array array, boolean computes) {
    DType type =
        switch (array.type()) {
          case DType plain -> plain;
          case BlockFormat block -> block.element();
        };
    if (type != param.type()) {
      throw refuse(
          Category.TYPE,
          "array '%s' must be %s, the argument is %s; convert it",
          param.name(),
          param.type().label(),
          array.type().label());
    }
    if (type == DType.F64 || type == DType.TF32) {
      throw refuse(
          Category.TYPE, "array '%s': %s exists on the host only", param.name(), type.label());
    }
    boolean sized =
        param.shape().isEmpty()
            || Arrays.equals(
                param.shape().stream().mapToLong(Long::longValue).toArray(), array.shape());
    if (array.shape().length != param.rank() || !sized) {
      throw refuse(
          Category.STRUCTURE,
          "array '%s' must have rank %d and shape %s, the argument has shape %s",
          param.name(),
          param.rank(),
          param.shape().isEmpty() ? "of any size" : param.shape(),
          Arrays.toString(array.shape()));
    }
    if (computes && array.segment().equals(MemorySegment.NULL) && array.elements() > 0) {
      throw refuse(
          Category.STRUCTURE,
          "array '%s' has a shape but no memory; run with timing only, or give it values",
          param.name());
    }
  }

  int array(String name) {
    return Check.present(arrayIndex.get(name), "Binding", name);
  }

  int buffer(String name) {
    return Check.present(bufferIndex.get(name), "Binding", name);
  }

  int family(String name) {
    return Check.present(familyIndex.get(name), "Binding", name);
  }

  Program.Buffer bufferOf(String name) {
    return program.buffers().get(buffer(name));
  }

  /// Bytes of a box on chip that an instruction touches.
  long bytes(Entry entry, Op.RegionRef r) {
    long known = entry.sizes.bytes[r.number()];
    if (known < 0) {
      DType type = program.buffers().get(r.buffer()).type();
      known = type.bytes(VectorEngine.elements(entry.extent(r)));
      entry.sizes.bytes[r.number()] = known;
    }
    return known;
  }

  DType bufferType(String name) {
    return bufferOf(name).type();
  }

  long size(String array, int dim) {
    return arrays[array(array)].shape[dim];
  }

  long integer(String scalar) {
    Number value = Check.present(scalars.get(scalar), "Binding", scalar);
    if (value instanceof Float || value instanceof Double) {
      throw refuse(
          Category.TYPE, "scalar '%s' must be an integer, the argument is %s", scalar, value);
    }
    return value.longValue();
  }

  float number(String scalar) {
    return Check.present(scalars.get(scalar), "Binding", scalar).floatValue();
  }
}
