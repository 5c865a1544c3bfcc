package maia.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import maia.base.Check;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.sim.fidelity.Uncertainty;

/// What a model takes on a chip, or on several: `Projection.of(config).on(Chip.MAIA_200)
/// .precision(w, a, kv).parallel(tp, pp, ep)`, then [#prefill] and [#decode]. Every phase is a list
/// of operators with time, bytes, energy and bound, so that a total can be followed to its parts.
///
/// @param model the model
/// @param target the chip
/// @param weights type of the weights
/// @param activations type in which products read activations
/// @param cache type of keys and values
/// @param layout how many chips share the work
public record Projection(
    ModelConfig model,
    Target target,
    ElementType weights,
    ElementType activations,
    ElementType cache,
    Layout layout) {
  /// How many chips share the work.
  ///
  /// @param tensor chips that share every matrix
  /// @param pipeline groups of consecutive layers
  /// @param expert chips that share the experts of a layer, within the tensor-parallel work of the
  ///   other matrices
  public record Layout(int tensor, int pipeline, int expert) {
    public Layout {
      Check.argument(
          tensor > 0 && pipeline > 0 && expert > 0,
          "layout: degrees must be positive, were tp=%d pp=%d ep=%d",
          tensor,
          pipeline,
          expert);
    }

    /// Chips of one copy of the model.
    public int chips() {
      return tensor * pipeline * expert;
    }

    @Override
    public String toString() {
      return "tp=%d pp=%d ep=%d".formatted(tensor, pipeline, expert);
    }
  }

  /// Unfused element-wise work of a block, in passes over the residual stream: two norms (read and
  /// write), rotary embedding, activation, two residual sums.
  private static final int STREAM_PASSES = 12;

  /// Kernels of a block that are not products or attention: two norms, rotary embedding, append to
  /// the cache, activation, two residual sums.
  private static final int SMALL_KERNELS = 7;

  /// BF16 on one chip.
  public static Projection of(ModelConfig model) {
    return new Projection(
        model,
        Target.of(maia.machine.Chip.MAIA_200),
        DType.BF16,
        DType.BF16,
        DType.BF16,
        new Layout(1, 1, 1));
  }

  /// This projection on another chip, estimated by [AnalyticCost].
  public Projection on(Machine machine) {
    return on(Target.of(machine));
  }

  /// This projection on another chip.
  public Projection on(Target other) {
    return new Projection(model, other, weights, activations, cache, layout);
  }

  /// This projection with operator times from simulated library kernels, each shape once: what
  /// repeats itself is [sampled][Extent#SAMPLED]. Refused for a chip that is not described unit by
  /// unit.
  public Projection simulated() {
    return simulated(Extent.SAMPLED);
  }

  /// As [#simulated()], with so much simulated: `simulated(Extent.WHOLE_CHIP)` leaves nothing out.
  public Projection simulated(Extent extent) {
    return on(new Target.Described(described().machine(), KeptCost.simulated(extent)));
  }

  private Target.Described described() {
    if (target instanceof Target.Described described) {
      return described;
    }
    throw new IllegalArgumentException(
        "projection: %s is a catalogue roofline; describe the chip unit by unit, see Chip.from(path)"
            .formatted(target.name()));
  }

  /// This projection in other types.
  public Projection precision(ElementType w, ElementType a, ElementType kv) {
    return new Projection(model, target, w, a, kv, layout);
  }

  /// This projection on several chips.
  public Projection parallel(int tp, int pp, int ep) {
    return new Projection(model, target, weights, activations, cache, new Layout(tp, pp, ep));
  }

  /// The time to first token and all that makes it up: `tokens` new tokens of one sequence.
  public PhaseEstimate prefill(int tokens) {
    return phase("prefill of %,d tokens".formatted(tokens), 1, tokens, tokens);
  }

  /// One step of `batch` sequences whose cache holds `context` tokens, the new one included.
  public PhaseEstimate decode(int batch, int context) {
    String sequences = batch == 1 ? "sequence" : "sequences";
    return phase(
        "decode of %,d %s at %,d tokens".formatted(batch, sequences, context), batch, 1, context);
  }

  /// The band that the assumed parameters of the chip leave a figure of this projection, such as `p
  /// -> p.decode(16, 4_096).seconds()`: each parameter alone at its low and its high end. Refused
  /// for a chip that is not described unit by unit: a roofline has no such parameters.
  public Uncertainty band(ToDoubleFunction<Projection> figure) {
    Target.Described chip = described();
    return Uncertainty.of(
        chip.machine(), m -> figure.applyAsDouble(on(new Target.Described(m, chip.cost()))));
  }

  /// The largest batch that fits with a cache of `context` tokens; 0 when the weights alone do not.
  public int largestBatch(int context) {
    Check.argument(context > 0, "context must be positive, was %d", context);
    double free = target.memoryBytes() - memory(1, 1, context).weights();
    double perSequence = memory(1, 1, context).cache() + memory(1, 1, context).activations();
    return (int) Math.clamp(Math.floor(free / perSequence), 0, Integer.MAX_VALUE);
  }

  /// What one chip holds.
  public MemoryUse memory(int batch, int queries, int context) {
    double perChip = (double) layout.tensor() * layout.pipeline();
    double bytesPerWeight = Roofline.bytesPerElement(weights);
    double experts =
        (double) model.layers() * model.experts() * model.expertParameters() / layout.expert();
    double other =
        (double) model.layers()
            * (model.layerParameters() - (long) model.experts() * model.expertParameters());
    double embedding = (double) model.embeddingParameters() * (model.tied() ? 1 : 2);
    double shared = Math.min(layout.tensor(), model.kvHeads()) * (double) layout.pipeline();
    double kv = (double) model.kvElementsPerToken() * Roofline.bytesPerElement(cache);
    double rows = (double) batch * queries;
    double live = rows * (2.0 * model.hidden() + 2.0 * model.intermediate() / layout.tensor()) * 2;
    return new MemoryUse(
        ((experts + other) * bytesPerWeight + embedding * 2) / perChip,
        kv * batch * context / shared,
        live,
        target.memoryBytes());
  }

  private PhaseEstimate phase(String title, int batch, int queries, int context) {
    Check.argument(
        batch > 0 && queries > 0 && context >= queries,
        "projection: needs batch and tokens above 0 and context >= tokens, was %d, %d, %d",
        batch,
        queries,
        context);
    divides("heads", model.heads());
    MemoryUse memory = memory(batch, queries, context);
    if (!memory.fits()) {
      throw new IllegalArgumentException(
          "%s of %s does not fit on %s with %s: %s; %s"
              .formatted(
                  title,
                  model.name(),
                  target.name(),
                  layout,
                  memory,
                  wayOut(batch, queries, context)));
    }
    return new PhaseBuilder(this, batch, queries, context).build(title, memory);
  }

  private void divides(String what, int count) {
    Check.argument(
        count % layout.tensor() == 0,
        "projection: %d %s of %s do not divide over tp=%d",
        count,
        what,
        model.name(),
        layout.tensor());
    Check.argument(
        model.layers() >= layout.pipeline() && model.experts() % layout.expert() == 0,
        "projection: %s with %d layers and %d experts does not divide over %s",
        model.name(),
        model.layers(),
        model.experts(),
        layout);
  }

  private String wayOut(int batch, int queries, int context) {
    Optional<Layout> smallest = smallestLayout(batch, queries, context);
    return smallest
        .map(l -> "the smallest layout that fits is " + l)
        .orElse(
            "no layout of up to 48 chips fits; use fewer sequences, a shorter context or narrower types");
  }

  /// The layout with the fewest chips that fits, tensor-parallel first.
  Optional<Layout> smallestLayout(int batch, int queries, int context) {
    List<Layout> candidates = new ArrayList<>();
    for (int tp = 1; tp <= 48; tp++) {
      for (int pp = 1; tp * pp <= 48; pp++) {
        if (model.heads() % tp == 0 && pp <= model.layers()) {
          candidates.add(new Layout(tp, pp, 1));
        }
      }
    }
    return candidates.stream()
        .filter(l ->
            new Projection(model, target, weights, activations, cache, l)
                .memory(batch, queries, context)
                .fits())
        .min(java.util.Comparator.comparingInt(Layout::chips).thenComparingInt(Layout::pipeline));
  }

  /// Kernels of one block in this layout: products, attention, small ones.
  int kernelsPerLayer() {
    int products = model.gated() ? 5 : 4; // q k v, out, gate, up, down
    return products + 1 + SMALL_KERNELS + (model.experts() > 1 ? 2 : 0);
  }

  static int streamPasses() {
    return STREAM_PASSES;
  }

  /// What one chip holds, in bytes.
  ///
  /// @param weights weights, the embedding table in 16 bits
  /// @param cache keys and values
  /// @param activations live activations
  /// @param capacity what the chip has
  public record MemoryUse(double weights, double cache, double activations, double capacity) {
    /// Everything together.
    public double total() {
      return weights + cache + activations;
    }

    /// Whether it fits.
    public boolean fits() {
      return total() <= capacity;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "weights %.2f GB + cache %.2f GB + activations %.2f GB = %.2f of %.0f GB",
          weights / 1e9,
          cache / 1e9,
          activations / 1e9,
          total() / 1e9,
          capacity / 1e9);
    }
  }
}
