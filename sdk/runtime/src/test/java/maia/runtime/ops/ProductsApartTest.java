package maia.runtime.ops;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.kernel.KernelCall;
import maia.kernel.KernelLaunch;
import maia.kernel.library.Activation;
import maia.kernel.library.Blocks;
import maia.kernel.library.LinearGroup;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.runtime.SimulatedLauncher;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import org.junit.jupiter.api.Test;

class ProductsApartTest {
  /// Runs kernels on the simulated chip and counts them.
  private static final class Counting implements Launching {
    private final List<String> names = new ArrayList<>();

    @Override
    public Machine machine() {
      return Chip.MAIA_200;
    }

    @Override
    public Device device() {
      return Device.maia();
    }

    @Override
    public HostArray array(boolean isTimingOnly, ElementType type, long... shape) {
      return HostArray.zeros(type, shape);
    }

    @Override
    public void launch(KernelLaunch launch, KernelCall.Mode mode, Object... arguments) {
      KernelCall call = launch.call(mode, arguments);
      names.add(call.func().name());
      new SimulatedLauncher().launch(call);
    }

    @Override
    public TensorException refusal(Op op, String why) {
      return TensorException.of("%s: %s", op.name(), why);
    }
  }

  @Test
  void productsApart_haveTheBitsOfTheGroup() {
    Tensor x = Tensor.randn(BF16, 1, 9, 40).to(Device.maia());
    List<Tensor> weights =
        List.of(
            Tensor.randn(BF16, 2, 40, 24).to(Device.maia()),
            Tensor.randn(BF16, 3, 40, 24).to(Device.maia()));
    List<Tensor> rest = List.of(Tensor.randn(F32, 4, 9, 24).to(Device.maia()));
    LinearSpec member =
        new LinearSpec(Optional.of(0.5f), F32, Activation.SILU, Optional.empty(), BF16);
    GroupSpec spec =
        new GroupSpec(
            "gate",
            LinearGroup.Order.IN_OUT,
            List.of(member, LinearSpec.plain(F32)),
            List.of(BF16, F32),
            (k, y, r) -> List.of(y.get(0).mul(y.get(1)), y.get(1).add(r.get(0))));
    var arguments =
        new ProductGroups.Arguments(x, weights, List.of(Optional.empty(), Optional.empty()), rest);
    Counting on = new Counting();
    List<Tensor> together = ProductGroups.run(new Runner(on), spec, arguments);
    assertThat(on.names).containsExactly("gate");
    List<Tensor> apart = ProductGroups.apart(new Runner(on), spec, arguments);
    assertThat(on.names).containsExactly("gate", "linear", "linear", "gate");
    for (int i = 0; i < apart.size(); i++) {
      assertThat(apart.get(i).to(F32).toArray()).isEqualTo(together.get(i).to(F32).toArray());
    }
  }

  @Test
  void groupOfLargeSizes_doesNotFit() {
    DType type = BF16;
    LinearGroup.Member member =
        new LinearGroup.Member(
            Optional.empty(), Optional.empty(), F32, Activation.NONE, Optional.empty(), type);
    var problem = new Blocks.Problem(1 << 17, 1 << 17, 64, type, type, type);
    var group =
        new LinearGroup.Group(
            problem,
            LinearGroup.Order.OUT_IN,
            List.of(member, member, member),
            List.of(),
            List.of(type, type, type));
    assertThat(LinearGroup.fits(group, Chip.MAIA_200)).isFalse();
  }
}
