package maia.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import maia.numerics.DType;
import maia.numerics.Parallel;
import maia.plan.PhaseEstimate.Line;

/// Lists the operators of a phase on one chip of a layout and estimates each.
final class PhaseBuilder {
  /// Operations of an instruction for each element it reads, in round figures.
  private static final double FLOPS_PER_ELEMENT = 512;

  private final Projection p;
  private final ModelConfig m;
  private final long rows;
  private final int batch;
  private final int queries;
  private final int context;
  private final List<Work> works = new ArrayList<>();

  /// A line to be: an operator that is to be estimated, or what links take.
  private sealed interface Work {
    record Estimated(String name, long count, Operator operator, Precision precision)
        implements Work {}

    record Known(Line line) implements Work {}
  }

  PhaseBuilder(Projection projection, int batch, int queries, int context) {
    this.p = projection;
    this.m = projection.model();
    this.rows = (long) batch * queries;
    this.batch = batch;
    this.queries = queries;
    this.context = context;
  }

  PhaseEstimate build(String title, Projection.MemoryUse memory) {
    int tp = p.layout().tensor();
    int kv = Math.max(1, m.kvHeads() / tp);
    int heads = m.heads() / tp;
    long layers = m.layers();
    linear("q, k, v", layers, rows, (long) (heads + 2 * kv) * m.headDim(), m.hidden());
    Operator attention = new Operator.Attention(batch, queries, context, heads, kv, m.headDim());
    add("attention", layers, attention, new Precision(p.activations(), p.cache(), DType.BF16));
    linear("attention out", layers, rows, m.hidden(), (long) heads * m.headDim());
    feedForward(tp, layers);
    double stream = (double) rows * m.hidden() * Projection.streamPasses();
    add("norms, sums, rotary", layers, new Operator.Pointwise(stream, 4), plain());
    head(tp);
    collectives(tp, layers);
    int launches = p.kernelsPerLayer() * m.layers() + 3;
    return new PhaseEstimate(
        title, m.name(), p.target(), p.layout(), rows, batch, lines(), launches, memory);
  }

  /// Operators do not depend on each other, so several threads estimate them: what takes long
  /// first, so that no thread waits for another that began it last.
  private List<Line> lines() {
    Line[] lines = new Line[works.size()];
    int[] order =
        IntStream.range(0, lines.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -effort(works.get(i))))
            .mapToInt(Integer::intValue)
            .toArray();
    Parallel.ranges(
        "projection",
        lines.length,
        1,
        (from, to) -> {
          for (int i = (int) from; i < to; i++) {
            lines[order[i]] = line(works.get(order[i]));
          }
        });
    return List.of(lines);
  }

  /// How long an estimate may take, in a measure of its own: instructions are blocks of operands.
  private static double effort(Work work) {
    return work instanceof Work.Estimated e
        ? Math.max(e.operator().flops() / FLOPS_PER_ELEMENT, elements(e.operator()))
        : 0;
  }

  private static double elements(Operator operator) {
    return switch (operator) {
      case Operator.Linear op -> (double) op.n() * op.k() + (double) op.m() * op.k();
      case Operator.Attention op -> op.cacheElements();
      case Operator.Pointwise op -> op.elements() / FLOPS_PER_ELEMENT;
    };
  }

  /// Experts that are visited each stream their weights once. Tokens choose independently and all
  /// experts alike: `rows` of them miss one of E, k of which each visits, with probability `(1 -
  /// k/E)^rows`.
  private void feedForward(int tp, long layers) {
    long width = Math.ceilDiv(m.intermediate(), tp);
    long visits = rows * m.expertsPerToken();
    long present = Math.ceilDiv(m.experts(), p.layout().expert());
    double missed = StrictMath.pow(1 - (double) m.expertsPerToken() / m.experts(), (double) rows);
    long active = Math.max(1, Math.round(present * (1 - missed)));
    long each = Math.max(1, Math.ceilDiv(visits, active * p.layout().expert()));
    if (m.experts() > 1) {
      linear("router", layers, rows, m.experts(), m.hidden());
    }
    linear(
        m.gated() ? "gate, up" : "up",
        layers * active,
        each,
        (m.gated() ? 2 : 1) * width,
        m.hidden());
    double gated = (double) active * each * width * 3;
    add("activation", layers, new Operator.Pointwise(gated, 10), plain());
    linear("down", layers * active, each, m.hidden(), width);
  }

  /// Only the last token of a sequence is turned into logits.
  private void head(int tp) {
    add(
        "output projection",
        1,
        new Operator.Linear(batch, Math.ceilDiv(m.vocabulary(), tp), m.hidden()),
        new Precision(DType.BF16, DType.BF16, DType.BF16));
  }

  private void collectives(int tp, long layers) {
    CollectiveModel links = p.target().links();
    double bytes = (double) rows * m.hidden() * 2;
    if (tp > 1) {
      link("all-reduce", 2 * layers, links.allReduce(tp, bytes));
    }
    if (p.layout().expert() > 1) {
      double routed = bytes * m.expertsPerToken();
      link("all-to-all", 2 * layers, links.allToAll(p.layout().expert(), routed));
    }
    if (p.layout().pipeline() > 1) {
      link("pipeline", p.layout().pipeline() - 1, links.send(bytes));
    }
  }

  private Precision plain() {
    return Precision.of(DType.BF16);
  }

  private void linear(String name, long count, long m, long n, long k) {
    Precision precision = new Precision(p.activations(), p.weights(), DType.BF16);
    add(name, count, new Operator.Linear(m, n, k), precision);
  }

  private void add(String name, long count, Operator operator, Precision precision) {
    works.add(new Work.Estimated(name, count, operator, precision));
  }

  private void link(String name, long count, double seconds) {
    works.add(
        new Work.Known(new Line(name, count, seconds * count, 0, 0, 0, 0, "link", "alpha-beta")));
  }

  private Line line(Work work) {
    return switch (work) {
      case Work.Known(var line) -> line;
      case Work.Estimated e -> line(e);
    };
  }

  private Line line(Work.Estimated work) {
    long count = work.count();
    OperatorEstimate one = p.target().estimate(work.operator(), work.precision());
    double weightBytes =
        work.operator() instanceof Operator.Linear linear
            ? linear.n() * linear.k() * Roofline.bytesPerElement(work.precision().weights())
            : 0;
    return new Line(
        work.name(),
        count,
        one.seconds() * count,
        one.hbmBytes() * count,
        weightBytes * count,
        one.flops() * count,
        one.joules() * count,
        one.bound().name().toLowerCase(java.util.Locale.ROOT),
        one.method());
  }
}
