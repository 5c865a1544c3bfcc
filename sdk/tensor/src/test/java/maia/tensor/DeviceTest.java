package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import maia.numerics.DType;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.ReLU;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;

class DeviceTest {
  @Test
  void maia_noProvider_refusedWithTheWayOut() {
    Messages.tensorRefusal(Device::maia)
        .isEqualTo(
            "device 'maia:0': no provider for kind 'maia' on the class path; add the artifact that"
                + " holds it (for 'maia': maia4j), or use Device.cpu()");
  }

  @Test
  void provided_device_runsItsOwnOperations() {
    Device toy = Device.named("toy", 3);
    Tensor x = Tensor.of(-1, 2).to(toy);

    assertThat(x.device()).isEqualTo(toy);
    assertThat(x.relu().device()).isEqualTo(toy);
    assertThat(x.relu().to(Device.cpu()).toArray()).containsExactly(0, 2);
    assertThat(x.reshape(2, 1).device()).isEqualTo(toy);
    assertThat(x).hasToString("tensor([-1.,  2.], device='toy:3')");
  }

  @Test
  void to_device_copies() {
    Tensor x = Tensor.of(1, 2);
    Tensor there = x.to(Device.named("toy", 0));
    x.assign(Tensor.of(5, 6));

    assertThat(there.toArray()).containsExactly(1, 2);
  }

  @Test
  void to_device_passesGradients() {
    Tensor x = Tensor.of(-1, 2).requireGrad();
    x.to(Device.named("toy", 0)).relu().backward(Tensor.ones(2).to(Device.named("toy", 0)));

    assertThat(x.grad().device()).isEqualTo(Device.cpu());
    assertThat(x.grad().toArray()).containsExactly(0, 1);
  }

  @Test
  void unsupported_operation_refusedByName() {
    Tensor x = Tensor.of(-1, 2).to(Device.named("toy", 0));

    Messages.tensorRefusal(() -> x.argmax(0))
        .isEqualTo(
            "toy:0 has no kernel for 'argMax'; run it on the host explicitly: x.to(Device.cpu()), the"
                + " operation, then to(toy:0)");
  }

  @Test
  void mixed_devices_refused() {
    Tensor x = Tensor.of(-1, 2);

    Messages.tensorRefusal(() -> x.add(x.to(Device.named("toy", 0))))
        .isEqualTo("add: inputs are on different devices: [cpu, toy:0]; move them with to(device)");
  }

  @Test
  void error_names_theUsersLine() {
    Messages.shapeRefusal(() -> Tensor.zeros(2).add(Tensor.zeros(3))).isNotEmpty();
    ShapeException thrown =
        org.junit.jupiter.api.Assertions.assertThrows(
            ShapeException.class, () -> Tensor.zeros(2).add(Tensor.zeros(3)));
    assertThat(thrown.origin().program()).isEqualTo("DeviceTest.java");
  }

  @Test
  void intercept_moduleWithShapeOnlyInput_seesEveryOperation() {
    record Seen(Op op, List<Tensor> inputs, Tensor output) {}
    List<Seen> seen = new ArrayList<>();
    Backend recorder =
        new Backend() {
          @Override
          public Device device() {
            return Device.meta();
          }

          @Override
          public boolean supports(Op op) {
            return true;
          }

          @Override
          public Tensor execute(Op op, List<Tensor> inputs) {
            Tensor output = op.meta(inputs);
            seen.add(new Seen(op, inputs, output));
            return output;
          }
        };
    Linear first = new Linear(8, 4, 1);
    Module model = Sequential.of(first, new ReLU(), new Linear(4, 2, 2));
    Tensor x = Tensor.meta(DType.F32, 5, 8);
    Tensor y = recorder.intercept(() -> model.forward(x).reshape(10));

    assertThat(seen.stream().map(s -> s.op().name()))
        .containsExactly("linear", "relu", "linear", "reshape");
    assertThat(seen.get(0).inputs()).containsExactly(x, first.weight(), first.bias());
    assertThat(seen.get(1).inputs().getFirst()).isSameAs(seen.get(0).output());
    assertThat(y).isSameAs(seen.get(3).output());
    assertThat(Tensor.ones(2).add(1).toArray()).containsExactly(2, 2);
  }

  @Test
  void host_inputsElsewhere_computesInTheirMemory() {
    Device toy = Device.named("toy", 0);
    Tensor a = Tensor.randn(DType.F32, 1, 2, 3, 4);
    Tensor b = Tensor.randn(DType.F32, 2, 4, 5);

    assertThat(a.to(toy).transpose(0, 1).matmul(b.to(toy)).toArray())
        .isEqualTo(a.transpose(0, 1).matmul(b).toArray());
  }
}
