package maia.tensor;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Sums of products in index notation: operands are joined from left to right, each pair by one
/// batched matrix product.
final class Einsum {
  private static final String ELLIPSIS = "...";

  private final String equation;
  private final List<Tensor> operands = new ArrayList<>();
  private final List<List<Integer>> labels = new ArrayList<>();
  private List<Integer> result = new ArrayList<>();

  private Einsum(String equation) {
    this.equation = equation;
  }

  static Tensor of(String equation, List<Tensor> tensors) {
    Einsum sum = new Einsum(equation);
    sum.parse(tensors);
    return sum.contract();
  }

  private ShapeException refuse(String format, Object... values) {
    return ShapeException.of("einsum '%s': %s", equation, format.formatted(values));
  }

  // ---------------------------------------------------------------- the equation

  private void parse(List<Tensor> tensors) {
    String text = equation.replace(" ", "");
    int arrow = text.indexOf("->");
    String left = arrow < 0 ? text : text.substring(0, arrow);
    List<String> terms = List.of(left.split(",", -1));
    if (terms.size() != tensors.size()) {
      throw refuse("names %d operands, got %d tensors", terms.size(), tensors.size());
    }
    int widest = 0;
    for (int i = 0; i < terms.size(); i++) {
      List<Integer> own = labels(terms.get(i), tensors.get(i).rank(), i);
      widest = Math.max(widest, (int) own.stream().filter(l -> l < 0).count());
      diagonals(tensors.get(i), own);
    }
    result = arrow < 0 ? implied(widest) : named(text.substring(arrow + 2), widest);
    spread();
  }

  /// Letters as their code; the dimensions of an ellipsis as -1 for the last, -2 for the one
  /// before.
  private List<Integer> labels(String term, int rank, int operand) {
    int letters = term.replace(ELLIPSIS, "").length();
    int dots = term.contains(ELLIPSIS) ? rank - letters : 0;
    if (dots < 0 || letters + dots != rank) {
      throw refuse("operand %d is '%s', the tensor has %d dimensions", operand, term, rank);
    }
    return expand(term, dots);
  }

  private List<Integer> expand(String term, int dots) {
    List<Integer> found = new ArrayList<>();
    int at = 0;
    boolean seen = false;
    while (at < term.length()) {
      if (term.startsWith(ELLIPSIS, at) && !seen) {
        for (int d = dots; d > 0; d--) {
          found.add(-d);
        }
        at += ELLIPSIS.length();
        seen = true;
      } else if (Character.isLetter(term.charAt(at))) {
        found.add((int) term.charAt(at++));
      } else {
        throw refuse("'%s' is no letter, no ellipsis, no comma and no arrow", term.charAt(at));
      }
    }
    return found;
  }

  /// The ellipsis, then the letters that occur once, in the order of the alphabet.
  private List<Integer> implied(int widest) {
    List<Integer> all = new ArrayList<>(expand(ELLIPSIS, widest));
    String letters = equation.replace(" ", "").replace(".", "").replace(",", "");
    letters
        .chars()
        .sorted()
        .filter(c -> letters.indexOf(c) == letters.lastIndexOf(c))
        .forEach(all::add);
    return all;
  }

  private List<Integer> named(String term, int widest) {
    List<Integer> named = expand(term, widest);
    Set<Integer> known = new LinkedHashSet<>();
    labels.forEach(known::addAll);
    for (int label : named) {
      if (label > 0 && !known.contains(label)) {
        throw refuse("'%c' of the result is in no operand", (char) label);
      }
    }
    if (new LinkedHashSet<>(named).size() != named.size()) {
      throw refuse("the result '%s' names a letter twice", term);
    }
    return named;
  }

  /// Takes the diagonal where a letter is repeated in one operand.
  private void diagonals(Tensor tensor, List<Integer> own) {
    Tensor at = tensor;
    List<Integer> left = new ArrayList<>(own);
    for (int i = 0; i < left.size(); i++) {
      int again = left.subList(i + 1, left.size()).indexOf(left.get(i)) + i + 1;
      if (again > i) {
        checkSize(left.get(i), at.size(i), at.size(again));
        int label = left.get(i);
        at = at.diagonal(0, i, again);
        left.remove(again);
        left.remove(i);
        left.add(label);
        i = -1;
      }
    }
    operands.add(at);
    labels.add(left);
  }

  private void checkSize(int label, long a, long b) {
    if (a != b) {
      throw refuse(
          "%s has sizes %d and %d", label > 0 ? "'" + (char) label + "'" : "the ellipsis", a, b);
    }
  }

  /// Repeats dimensions of size 1, so that every label has one size.
  private void spread() {
    for (int i = 0; i < operands.size(); i++) {
      long[] shape = operands.get(i).shape();
      for (int d = 0; d < shape.length; d++) {
        shape[d] = size(labels.get(i).get(d));
      }
      operands.set(i, operands.get(i).expand(shape));
    }
  }

  private long size(int label) {
    long size = 1;
    for (int i = 0; i < operands.size(); i++) {
      int d = labels.get(i).indexOf(label);
      if (d >= 0 && operands.get(i).size(d) != 1) {
        checkSize(label, size == 1 ? operands.get(i).size(d) : size, operands.get(i).size(d));
        size = operands.get(i).size(d);
      }
    }
    return size;
  }

  // ---------------------------------------------------------------- the sum

  private Tensor contract() {
    while (operands.size() > 1) {
      Set<Integer> needed = new LinkedHashSet<>(result);
      labels.subList(2, labels.size()).forEach(needed::addAll);
      join(needed);
    }
    reduce(0, new LinkedHashSet<>(result));
    List<Integer> own = labels.getFirst();
    Tensor sum = operands.getFirst();
    for (int i = 0; i < result.size(); i++) {
      if (!own.contains(result.get(i))) { // an ellipsis of no dimensions elsewhere
        throw refuse("the ellipsis of the result has more dimensions than the operands");
      }
    }
    return sum.permute(result.stream().mapToInt(own::indexOf).toArray());
  }

  /// Adds up the labels of an operand that nothing else needs.
  private void reduce(int operand, Set<Integer> needed) {
    List<Integer> own = labels.get(operand);
    int[] gone = own.stream().filter(l -> !needed.contains(l)).mapToInt(own::indexOf).toArray();
    if (gone.length > 0) {
      operands.set(operand, operands.get(operand).sum(gone));
      labels.set(operand, own.stream().filter(needed::contains).toList());
    }
  }

  private void join(Set<Integer> needed) {
    Set<Integer> withB = new LinkedHashSet<>(needed);
    withB.addAll(labels.get(1));
    reduce(0, withB);
    Set<Integer> withA = new LinkedHashSet<>(needed);
    withA.addAll(labels.get(0));
    reduce(1, withA);
    List<Integer> a = labels.get(0);
    List<Integer> b = labels.get(1);
    List<Integer> batch = a.stream().filter(l -> b.contains(l) && needed.contains(l)).toList();
    List<Integer> inner = a.stream().filter(l -> b.contains(l) && !needed.contains(l)).toList();
    List<Integer> ofA = a.stream().filter(l -> !b.contains(l)).toList();
    List<Integer> ofB = b.stream().filter(l -> !a.contains(l)).toList();
    List<Integer> joined = new ArrayList<>(batch);
    joined.addAll(ofA);
    joined.addAll(ofB);
    long[] shape = joined.stream().mapToLong(this::size).toArray();
    Tensor product = arranged(0, batch, ofA, inner).matmul(arranged(1, batch, inner, ofB));
    operands.subList(0, 2).clear();
    labels.subList(0, 2).clear();
    operands.addFirst(product.reshape(shape));
    labels.addFirst(joined);
  }

  /// An operand as `[batch, rows, columns]`.
  private Tensor arranged(
      int operand, List<Integer> batch, List<Integer> rows, List<Integer> columns) {
    List<Integer> own = labels.get(operand);
    List<Integer> order = new ArrayList<>(batch);
    order.addAll(rows);
    order.addAll(columns);
    Tensor moved = operands.get(operand).permute(order.stream().mapToInt(own::indexOf).toArray());
    return moved.reshape(product(batch), product(rows), product(columns));
  }

  private long product(List<Integer> group) {
    return group.stream().mapToLong(this::size).reduce(1, Math::multiplyExact);
  }
}
