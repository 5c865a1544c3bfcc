package maia.runtime;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import maia.graph.Graph;
import maia.graph.Plan;
import maia.graph.Step;
import maia.machine.Chip;
import maia.numerics.BlockFormat;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;
import maia.sim.Options;
import maia.tensor.Device;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private static final Device MAIA = Device.maia();
  private final Tensor x = Tensor.randn(F32, 1, 16, 16).to(MAIA);

  /// Notes what is asked for.
  private static final class Asked implements ResultMemory {
    private final List<List<Long>> sizes = new ArrayList<>();

    @Override
    public void begin(int step) {
      sizes.add(new ArrayList<>());
    }

    @Override
    public HostArray array(boolean isTimingOnly, ElementType type, long... shape) {
      assertThat(isTimingOnly).isFalse();
      return HostArray.in(
          bytes -> {
            sizes.getLast().add(bytes);
            return ResultMemory.separate(bytes);
          },
          type,
          shape);
    }
  }

  private static Plan apart(UnaryOperator<Tensor> forward, Tensor x) {
    return Tensor.noGrad(() -> Plan.unfused(Graph.record("net", forward, x)));
  }

  private static Places places(Plan plan, Tensor x) {
    Map<Integer, Tensor> shapes = new HashMap<>();
    shapes.put(plan.graph().inputs().getFirst().id(), Signature.input(x).shaped());
    plan.graph()
        .constants()
        .forEach(c -> shapes.put(c.id(), Signature.input(c.constant().orElseThrow()).shaped()));
    return Tensor.noGrad(() -> Places.of(plan, Chip.MAIA_200, shapes));
  }

  /// Runs the steps in `memory`.
  private static Tensor run(Plan plan, Tensor x, ResultMemory memory) {
    Map<Integer, Tensor> values = new HashMap<>();
    values.put(plan.graph().inputs().getFirst().id(), x);
    plan.graph().constants().forEach(c -> values.put(c.id(), c.constant().orElseThrow()));
    var launcher = new SimulatedLauncher(Chip.MAIA_200, Options.defaults());
    Steps steps = Steps.in(memory, launcher, MAIA, _ -> {});
    for (int i = 0; i < plan.steps().size(); i++) {
      memory.begin(i);
      Step step = plan.steps().get(i);
      Tensor.noGrad(() -> PlanRun.execute(steps, step, values));
    }
    return PlanRun.value(values, plan.graph().output());
  }

  /// What was found with shapes is what is asked for with values, and sharing changes no bit.
  private static MemoryPlan check(UnaryOperator<Tensor> forward, Tensor x) {
    Plan plan = apart(forward, x);
    Places places = places(plan, x);
    Asked asked = new Asked();
    Tensor separate = run(plan, x, asked);
    assertThat(places.sizes()).isEqualTo(asked.sizes);
    Tensor shared = run(plan, x, places.block());
    assertThat(shared.toArray()).isEqualTo(separate.toArray());
    return places.plan();
  }

  @Test
  void chain_takesTwoPlaces_itsResultIsOutside() {
    MemoryPlan plan = check(a -> a.exp().neg().abs().sqrt().tanh(), x);
    assertThat(plan.buffers())
        .extracting(MemoryPlan.Buffer::offset)
        .containsExactly(0L, 1024L, 0L, 1024L);
    assertThat(plan.peakBytes()).isEqualTo(2 * 1024);
    assertThat(plan.resultBytes()).isEqualTo(1024);
    assertThat(plan.toString())
        .startsWith("  %1: f32[16, 16]              bytes         0 to      1024, steps 0 to 1\n")
        .endsWith("  one block of 2048 bytes (4096 without sharing), and the result's 1024\n");
  }

  @Test
  void views_keepThePlaceOfWhatTheyLookAt() {
    MemoryPlan plan =
        check(
            a -> {
              Tensor turned = a.exp().t().slice(0, 2, 16, 2).reshape(7, 4, 4);
              Tensor other = a.neg().abs().sqrt().neg();
              return other.slice(1, 0, 4).slice(0, 0, 4).add(turned);
            },
            x);
    assertThat(plan.buffers().getFirst().last()).isGreaterThan(4);
    assertThat(plan.peakBytes()).isEqualTo(3 * 1024);
  }

  @Test
  void resultThatIsAViewOfAResult_isOutside() {
    MemoryPlan plan = check(a -> a.exp().neg().t().slice(0, 1, 3), x);
    assertThat(plan.buffers()).hasSize(1);
    assertThat(plan.resultBytes()).isEqualTo(1024);
  }

  @Test
  void inputReturned_needsNothing() {
    assertThat(check(a -> a, x)).isEqualTo(new MemoryPlan(List.of(), 0, 0, 0));
  }

  @Test
  void operationsOfSeveralKernels_haveTheirPlacesMeanwhile() {
    Tensor q = Tensor.randn(F32, 2, 1, 2, 9, 16).to(MAIA);
    MemoryPlan plan =
        check(
            a -> Functional.scaledDotProductAttention(a.mul(2), a, a.transpose(-1, -1)).sum(-1), q);
    assertThat(plan.peakBytes()).isLessThanOrEqualTo(plan.separateBytes());
    check(a -> a.transpose(0, 1).to(BF16).matmul(a.to(BF16)).to(F32).softmax(0), x.slice(1, 0, 12));
    check(a -> a.sort(-1).values().cumsum(0).t().contiguous().mul(2).sum(0), x);
  }

  @Test
  void blocks_haveTheirScalesInTheBlock() {
    for (BlockFormat format : List.of(BlockFormat.MXFP4, BlockFormat.MXFP8_E4M3)) {
      MemoryPlan plan =
          check(
              a -> a.mul(3).quantize(format, ScaleRule.FLOOR).dequantize().add(1),
              x.reshape(8, 32));
      assertThat(plan.buffers()).anyMatch(b -> b.what().contains(format.label()));
    }
  }

  @Test
  void blocksWithATensorScale_findItFirst_andTakeMemoryOfTheirOwn() {
    Plan plan =
        apart(a -> a.mul(3).quantize(BlockFormat.NVFP4, ScaleRule.RCEIL).dequantize().add(1), x);
    Tensor separate = run(plan, x, ResultMemory.SEPARATE);
    assertThat(run(plan, x, places(plan, x).block()).toArray()).isEqualTo(separate.toArray());
  }

  @Test
  void memoryOfACall_isAnewEachTime() {
    var compiled = Maia.compile("f", a -> a.softmax(-1).t().contiguous().softmax(-1).matmul(a));
    Tensor first = compiled.call(x);
    float[] before = first.toArray();
    compiled.call(x.mul(2));
    assertThat(first.toArray()).isEqualTo(before);
    assertThat(compiled.call(x).toArray()).isEqualTo(before);
  }

  @Test
  void askedForSomethingElse_givesMemoryOfItsOwn() {
    Plan plan = apart(a -> a.exp().neg().abs(), x);
    Places places = places(plan, x);
    Places.Block block = places.block();
    block.begin(0);
    HostArray other = block.array(false, BF16, 16, 16);
    HostArray next = block.array(false, F32, 16, 16);
    block.begin(1);
    HostArray planned = block.array(false, F32, 16, 16);
    assertThat(overlap(planned.segment(), other.segment())).isEmpty();
    assertThat(overlap(planned.segment(), next.segment())).isEmpty();
    assertThat(planned.segment().byteSize()).isEqualTo(1024);
  }

  private static Optional<MemorySegment> overlap(MemorySegment a, MemorySegment b) {
    return a.asOverlappingSlice(b);
  }
}
