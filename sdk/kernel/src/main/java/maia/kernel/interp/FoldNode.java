package maia.kernel.interp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import maia.base.Check;
import maia.kernel.ir.Op;
import maia.kernel.ir.Op.Fold.Kind;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;

/// Combines positions one after the other, all lines at once.
final class FoldNode implements Node {
  private final Op.Fold op;
  private final List<Slot> inputs;
  private final List<Slot> results;
  private final Lines lines;
  private final Slot[] left;
  private final Slot[] right;
  private final Slot[] next;
  private final Node[] combine;

  private FoldNode(
      Op.Fold op,
      List<Slot> inputs,
      List<Slot> results,
      Slot[] left,
      Slot[] right,
      Slot[] next,
      Node[] combine) {
    this.op = op;
    this.inputs = inputs;
    this.results = results;
    this.lines = Lines.of(inputs.getFirst().shape, op.axis());
    this.left = left;
    this.right = right;
    this.next = next;
    this.combine = combine;
  }

  static FoldNode of(
      Op.Fold op, List<Slot> inputs, List<Slot> results, Instance program, Arguments arguments) {
    int count = Lines.of(inputs.getFirst().shape, op.axis()).count();
    Emission emission = new Emission(Emission.Mode.PLAN);
    Terms terms = new Terms(emission, program, arguments);
    Map<Value, Term> wide = new HashMap<>();
    Slot[] left = sides(op.combiner().left(), count, terms, wide);
    Slot[] right = sides(op.combiner().right(), count, terms, wide);
    Slot[] next = new Slot[left.length];
    for (int i = 0; i < next.length; i++) {
      Term term =
          op.combiner()
              .results()
              .get(i)
              .substitute(value -> Check.present(wide.get(value), "FoldNode", value));
      next[i] = Slot.of(left[i].dtype, count);
      Slot combined = terms.of(term, op.origin()).stretched(next[i].shape);
      emission.add(new Spread(combined, next[i]));
    }
    return new FoldNode(op, inputs, results, left, right, next, emission.nodes());
  }

  /// One vector for each parameter, an element per line.
  private static Slot[] sides(List<Value> params, int count, Terms terms, Map<Value, Term> wide) {
    Slot[] slots = new Slot[params.size()];
    for (int i = 0; i < slots.length; i++) {
      Value param = params.get(i);
      Value vector = new Value(param.id(), param.type().shaped(List.of(count)));
      slots[i] = Slot.of(vector.type());
      terms.define(vector, slots[i]);
      wide.put(param, Term.of(vector));
    }
    return slots;
  }

  @Override
  public void run() {
    for (int i = 0; i < lines.length(); i++) {
      int position = op.reverse() ? lines.length() - 1 - i : i;
      take(position, i == 0 ? left : right);
      if (i > 0) {
        Node.all(combine);
        for (int j = 0; j < left.length; j++) {
          copy(next[j], left[j]);
        }
      }
      if (op.kind() == Kind.SCAN) {
        give(position);
      }
    }
    if (op.kind() == Kind.REDUCE) {
      for (int j = 0; j < left.length; j++) {
        copy(left[j], results.get(j));
      }
    }
  }

  private void take(int position, Slot[] side) {
    for (int j = 0; j < side.length; j++) {
      Slot from = inputs.get(j);
      for (int line = 0; line < lines.count(); line++) {
        int at = lines.at(line, position);
        if (from.isFloat()) {
          side[j].floats[line] = from.floats[at];
        } else {
          side[j].longs[line] = from.longs[at];
        }
      }
    }
  }

  private void give(int position) {
    for (int j = 0; j < left.length; j++) {
      Slot to = results.get(j);
      for (int line = 0; line < lines.count(); line++) {
        int at = lines.at(line, position);
        if (to.isFloat()) {
          to.floats[at] = left[j].floats[line];
        } else {
          to.longs[at] = left[j].longs[line];
        }
      }
    }
  }

  private static void copy(Slot from, Slot to) {
    System.arraycopy(from.floats, 0, to.floats, 0, from.floats.length);
    System.arraycopy(from.longs, 0, to.longs, 0, from.longs.length);
  }
}
