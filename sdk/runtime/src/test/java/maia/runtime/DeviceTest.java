package maia.runtime;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import maia.kernel.Kernel;
import maia.kernel.Run;
import maia.npl.NplException;
import maia.numerics.DType;
import maia.tensor.Attention;
import maia.tensor.Device;
import maia.tensor.Functional;
import maia.tensor.Index;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import org.junit.jupiter.api.Test;

class DeviceTest {
  private static final Device MAIA = Device.maia();
  private final Tensor x = Tensor.randn(F32, 3, 5, 50);
  private final Tensor w = Tensor.randn(F32, 4, 7, 50);

  @Test
  void vectorAdd_fromThreeArguments_findsTheLauncherAndRuns() {
    Kernel add =
        Kernel.define(
            "vector_add",
            k -> {
              var a = k.in("a", F32, 1);
              var b = k.in("b", F32, 1);
              var out = k.out("out", F32, 1);
              var i = k.programId(0).mul(1024).add(k.arange(1024));
              var mask = i.lt(a.size(0));
              out.at(i).store(a.at(i).load(mask).add(b.at(i).load(mask)), mask);
            });
    int n = 10_000;
    Tensor a = Tensor.rand(F32, 1, n);
    Tensor b = Tensor.rand(F32, 2, n);
    Tensor out = Tensor.empty(F32, n);
    Run run = add.grid(cdiv(n, 1024)).run(a, b, out);
    assertThat(out.toArray()).isEqualTo(a.add(b).toArray());
    assertThat(run.picoseconds()).isPositive();
    assertThat(run.toString())
        .startsWith("vector_add: ")
        .contains("bound by latency")
        .hasSizeLessThan(80);
  }

  @Test
  void loadWithoutAMask_isRefusedWithTheKernelsLine_andTheUsersFrameFirst() {
    Kernel careless =
        Kernel.define(
            "careless",
            k -> {
              var a = k.in("a", F32, 1);
              var out = k.out("out", F32, 1);
              var i = k.programId(0).mul(1024).add(k.arange(1024));
              out.at(i).store(a.at(i).load());
            });
    Tensor a = Tensor.rand(F32, 1, 1_500);
    Tensor out = Tensor.empty(F32, 1_500);
    assertThatThrownBy(() -> careless.grid(2).run(a, out))
        .isInstanceOf(NplException.class)
        .hasMessageStartingWith(
            "copy a -> a_tile: window [1024:2048] is outside 'a' [1500] in dimension 0 (no mask); move it inside or"
                + " mask it; program 1 [N201] [careless:")
        .satisfies(e ->
            assertThat(e.getStackTrace()[0].getClassName()).startsWith("maia.runtime.DeviceTest"));
  }

  @Test
  void eagerOperations_onTheDevice_equalTheHost_andStayThere() {
    Tensor half = x.to(DType.BF16);
    Tensor weights = w.to(DType.BF16);
    Profile<Tensor> profile =
        Profile.of(() -> half.to(MAIA).linear(weights.to(MAIA), F32).relu().softmax(-1));
    assertThat(profile.result().device()).isEqualTo(MAIA);
    assertThat(profile.result().toArray())
        .isEqualTo(half.linear(weights, F32).relu().softmax(-1).toArray());
    assertThat(profile.report().lines().stream().map(Report.Line::kernel))
        .containsExactly("linear", "relu", "softmax");
  }

  /// Heads cut out of one projection lie between positions: attention reads them where they are.
  @Test
  void attention_ofHeadsBetweenPositions_isOneLaunchWithTheBitsOfCopies() {
    Tensor qkv = Tensor.randn(F32, 7, 2, 21, 3 * 4 * 16).to(MAIA);
    List<Tensor> heads =
        qkv.chunk(3, -1).stream().map(t -> t.reshape(2, 21, 4, 16).transpose(1, 2)).toList();
    var causal = Attention.Causal.UPPER_LEFT;
    Profile<Tensor> inPlace =
        Profile.of(() ->
            Functional.scaledDotProductAttention(heads.get(0), heads.get(1), heads.get(2), causal));
    List<Tensor> copies = heads.stream().map(Tensor::contiguous).toList();
    Tensor copied =
        Functional.scaledDotProductAttention(copies.get(0), copies.get(1), copies.get(2), causal);
    assertThat(inPlace.table().launches()).isEqualTo(1);
    assertThat(inPlace.result().toArray()).isEqualTo(copied.toArray());
  }

  /// Ties, NaN, rows in many blocks, parts of a long axis: the places of the host.
  @Test
  void extremes_onTheDevice_equalTheHost() {
    Tensor tied = Tensor.randn(F32, 5, 3, 9_000).mul(4).round();
    Tensor odd = Tensor.randn(F32, 6, 4, 7);
    odd.put_(Float.NaN, Index.at(1));
    odd.put_(Float.NaN, Index.at(2), Index.at(0));
    for (Tensor t : List.of(tied, odd, tied.t().contiguous(), tied.to(DType.I32))) {
      Tensor there = t.to(MAIA);
      for (int dim : new int[] {0, 1}) {
        assertThat(there.argmax(dim).toLongs()).isEqualTo(t.argmax(dim).toLongs());
        assertThat(there.amax(dim).toArray()).isEqualTo(t.amax(dim).toArray());
      }
      assertThat(there.amax().toArray()).isEqualTo(t.amax().toArray());
      assertThat(there.amin().toArray()).isEqualTo(t.amin().toArray());
    }
  }

  @Test
  void elementwiseOperations_onTheDevice_equalTheHost() {
    Tensor a = x.to(MAIA);
    Tensor b = x.mul(2f).to(MAIA);
    assertThat(a.add(b).toArray()).isEqualTo(x.add(x.mul(2f)).toArray());
    assertThat(a.sub(b).toArray()).isEqualTo(x.sub(x.mul(2f)).toArray());
    assertThat(a.mul(b).toArray()).isEqualTo(x.mul(x.mul(2f)).toArray());
    assertThat(a.div(b).toArray()).isEqualTo(x.div(x.mul(2f)).toArray());
    assertThat(a.to(DType.FP8_E4M3).toArray()).isEqualTo(x.to(DType.FP8_E4M3).toArray());
  }

  @Test
  void relu_ofSpecialValues_isTheHostsBitForBit() {
    Tensor special =
        Tensor.of(-0f, 0f, -1f, 1f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN);
    float[] device = special.to(MAIA).relu().toArray();
    float[] host = special.relu().toArray();
    for (int i = 0; i < host.length; i++) {
      assertThat(Float.floatToIntBits(device[i])).isEqualTo(Float.floatToIntBits(host[i]));
    }
  }

  @Test
  void operationWithoutAKernel_isRefusedByName_withTheWayOut() {
    Tensor square = Tensor.ones(4, 4).to(MAIA);
    assertThatThrownBy(square::cholesky)
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith(
            "maia:0 has no kernel for 'cholesky'; run it on the host explicitly: x.to(Device.cpu()), the operation,"
                + " then to(maia:0)");
  }

  @Test
  void fp32Linear_givesTheHostsBits() {
    float[] device = x.to(MAIA).linear(w.to(MAIA)).to(Device.cpu()).toArray();
    assertThat(device).isEqualTo(x.linear(w).toArray());
  }

  @Test
  void linearWithANarrowBias_givesTheHostsBits() {
    Tensor bias = Tensor.randn(F32, 9, 7).to(DType.BF16);
    Tensor a = x.to(DType.BF16);
    Tensor b = w.to(DType.BF16);
    float[] device = a.to(MAIA).linear(b.to(MAIA), bias.to(MAIA)).to(Device.cpu()).toArray();
    assertThat(device).isEqualTo(a.linear(b, bias).toArray());
  }

  @Test
  void mixedDevices_areRefused() {
    Tensor a = x.to(MAIA);
    assertThatThrownBy(() -> a.add(x))
        .isInstanceOf(TensorException.class)
        .hasMessageContaining("maia:0");
  }

  @Test
  void fifthChip_isRefused() {
    assertThatThrownBy(() -> Device.maia(4))
        .hasMessage("device 'maia:4': a tray holds 4 chips, counted from 0");
  }

  @Test
  void doubles_areRefusedByName_integersAreComputed() {
    Tensor doubles = x.to(DType.F64).to(MAIA);
    Tensor integers = Tensor.arange(3).to(MAIA);
    assertThatThrownBy(doubles::relu)
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith(
            "maia:0 cannot run 'relu': the kernel takes floating-point types of at most 32 bits and integers, got"
                + " f64; run it on the host explicitly: x.to(Device.cpu()), the operation, then to(maia:0)");
    assertThatThrownBy(() -> doubles.add(1))
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith(
            "maia:0 cannot run 'add': the kernel takes floating-point types of at most 32 bits, integers and truth"
                + " values, got f64");
    assertThat(integers.add(integers).toLongs()).containsExactly(0, 2, 4);
  }

  @Test
  void operationsOnNoElements_launchNothing() {
    Tensor none = Tensor.zeros(0, 4).to(MAIA);
    Profile<Tensor> profile = Profile.of(() -> none.relu().add(none).to(DType.BF16));
    assertThat(profile.result().device()).isEqualTo(MAIA);
    assertThat(profile.result().shape()).containsExactly(0, 4);
    assertThat(profile.kernels()).isEmpty();
    assertThat(profile.report().peakShare()).isZero();
  }
}
