package maia.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import maia.numerics.DType;
import maia.tensor.Attention;
import maia.tensor.Binary;
import maia.tensor.Contraction;
import maia.tensor.Op;
import maia.tensor.Selection;
import maia.tensor.SoftmaxOp;
import maia.tensor.Tensor;
import maia.tensor.View;

/// Finds attention written out, `softmax(q k^T * scale) v`, also with the scores of later keys
/// replaced by minus infinity, and puts the one operation in its place. The roundings of scores and
/// weights to the type of the tensors go away; for F32 there are none.
final class FindAttention {
  /// The smallest head that a kernel takes; all are powers of two.
  private static final long SMALLEST_HEAD = 16;

  private final Graph graph;
  private final Map<Integer, Node> makers = new HashMap<>();
  private final List<Tensor> frozen = new ArrayList<>();

  private FindAttention(Graph graph) {
    this.graph = graph;
    graph.nodes().forEach(n -> makers.put(n.output().id(), n));
  }

  static Graph of(Graph graph) {
    FindAttention find = new FindAttention(graph);
    List<Node> nodes = graph.nodes().stream().map(n -> find.replaced(n).orElse(n)).toList();
    find.frozen.addAll(graph.frozen());
    return new Graph(
            graph.name(), graph.inputs(), graph.constants(), find.frozen, nodes, graph.output())
        .simplified();
  }

  private Optional<Node> replaced(Node node) {
    if (!(node.op() instanceof Contraction.MatMul(var type))) {
      return Optional.empty();
    }
    Value v = node.inputs().get(1);
    Optional<Node> softmax =
        only(node.inputs().get(0))
            .filter(n -> n.op() instanceof SoftmaxOp.Probability s && s.dim() == last(n));
    Optional<Scores> scores = softmax.flatMap(n -> scores(n.inputs().getFirst()));
    return scores
        .filter(s -> s.fits(v, type))
        .map(s -> new Node(s.op(), List.of(s.q, s.k, v), node.output(), node.at()));
  }

  /// The node that made `value`, which has no other reader.
  private Optional<Node> only(Value value) {
    return graph.readers(value) == 1
        ? Optional.ofNullable(makers.get(value.id()))
        : Optional.empty();
  }

  private static int last(Node node) {
    return node.output().shape().size() - 1;
  }

  /// What softmax reads.
  private record Scores(Value q, Value k, float scale, Attention.Causal causal) {
    Op op() {
      return new Attention(scale, causal, 0, 0);
    }

    boolean fits(Value v, DType type) {
      int rank = q.shape().size();
      long head = q.shape().getLast();
      List<Long> lead = q.shape().subList(0, rank - 2);
      return q.type() == type
          && k.type() == type
          && v.type() == type
          && type != DType.F64
          && scale > 0
          && k.shape().size() == rank
          && k.shape().subList(0, rank - 2).equals(lead)
          && v.shape().equals(k.shape())
          && head >= SMALLEST_HEAD
          && Long.bitCount(head) == 1;
    }
  }

  private Optional<Scores> scores(Value value) {
    Optional<Node> made = only(value);
    if (made.isEmpty()) {
      return Optional.empty();
    }
    Node node = made.get();
    return switch (node.op()) {
      case Selection.Where _ -> masked(node);
      case Binary.Mul _ -> scaled(node, 0).or(() -> scaled(node, 1));
      case Binary.Div _ -> scaled(node, 1);
      case Contraction.MatMul _ -> product(node, 1);
      default -> Optional.empty();
    };
  }

  private Optional<Scores> scaled(Node node, int factor) {
    Optional<Float> number = node.inputs().get(factor).scalar();
    Optional<Node> product = only(node.inputs().get(1 - factor));
    if (number.isEmpty() || product.isEmpty()) {
      return Optional.empty();
    }
    boolean divides = node.op() instanceof Binary.Div;
    return product(product.get(), divides ? 1 / number.get() : number.get());
  }

  private Optional<Scores> masked(Node node) {
    Optional<Float> hidden = node.inputs().get(2).scalar();
    if (hidden.isEmpty() || hidden.get() != Float.NEGATIVE_INFINITY) {
      return Optional.empty();
    }
    Value seen = node.inputs().get(0);
    return scores(node.inputs().get(1))
        .filter(s -> s.causal == Attention.Causal.NONE && isCausal(seen, s))
        .map(s -> {
          frozen.add(seen.constant().orElseThrow());
          return new Scores(s.q, s.k, s.scale, Attention.Causal.LOWER_RIGHT);
        });
  }

  /// Whether `seen` is a known mask under which the queries are the last of the positions of the
  /// keys and see those up to their own.
  private static boolean isCausal(Value seen, Scores s) {
    long queries = s.q.shape().get(s.q.shape().size() - 2);
    long keys = s.k.shape().get(s.k.shape().size() - 2);
    if (seen.constant().isEmpty()
        || seen.constant().get().isMeta()
        || !seen.shape().equals(List.of(queries, keys))
        || seen.type() != DType.BOOL) {
      return false;
    }
    long[] sees = seen.constant().get().toLongs();
    return IntStream.range(0, sees.length)
        .allMatch(i -> (sees[i] != 0) == (i % keys <= i / keys + keys - queries));
  }

  private Optional<Scores> product(Node node, float scale) {
    if (!(node.op() instanceof Contraction.MatMul) || graph.readers(node.output()) != 1) {
      return Optional.empty();
    }
    Node turned = makers.get(node.inputs().get(1).id());
    if (turned == null || !(turned.op() instanceof View.Permute(var dims))) {
      return Optional.empty();
    }
    int rank = dims.size();
    boolean swaps =
        rank >= 2
            && IntStream.range(0, rank)
                .allMatch(d -> Math.floorMod(dims.get(d), rank) == swapped(d, rank));
    return swaps
        ? Optional.of(
            new Scores(
                node.inputs().get(0), turned.inputs().getFirst(), scale, Attention.Causal.NONE))
        : Optional.empty();
  }

  private static int swapped(int d, int rank) {
    return d == rank - 1 ? rank - 2 : d == rank - 2 ? rank - 1 : d;
  }
}
