package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import maia.numerics.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromotionTest {
  private static final String TYPES = "u8 i8 i16 i32 i64 f16 f32 f64 bool bf16";

  /// The table of PyTorch's `promote_types`, in the order of [#TYPES].
  private static final String[] TABLE = {
    "u8   i16  i16  i32  i64  f16  f32  f64  u8   bf16",
    "i16  i8   i16  i32  i64  f16  f32  f64  i8   bf16",
    "i16  i16  i16  i32  i64  f16  f32  f64  i16  bf16",
    "i32  i32  i32  i32  i64  f16  f32  f64  i32  bf16",
    "i64  i64  i64  i64  i64  f16  f32  f64  i64  bf16",
    "f16  f16  f16  f16  f16  f16  f32  f64  f16  f32",
    "f32  f32  f32  f32  f32  f32  f32  f64  f32  f32",
    "f64  f64  f64  f64  f64  f64  f64  f64  f64  f64",
    "u8   i8   i16  i32  i64  f16  f32  f64  bool bf16",
    "bf16 bf16 bf16 bf16 bf16 f32  f32  f64  bf16 bf16",
  };

  @Test
  void promoteTypes_everyPair_asPyTorchsTable() {
    String[] types = TYPES.split(" ");
    for (int a = 0; a < types.length; a++) {
      String[] row = TABLE[a].split(" +");
      for (int b = 0; b < types.length; b++) {
        Tensor left = Tensor.zeros(type(types[a]), 2);
        Tensor right = Tensor.zeros(type(types[b]), 2);
        assertThat(Tensor.resultType(left, right).label())
            .as("%s with %s", types[a], types[b])
            .isEqualTo(row[b]);
        if (!row[b].equals("bool")) {
          assertThat(left.add(right).type().label()).isEqualTo(row[b]);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "f16, f32, f16", "f32, f64, f32", "bf16, f64, bf16", "i8, i64, i8", "u8, i64, u8",
    "i32, f64, f64", "i64, f16, f16", "bool, i8, i8", "bool, f16, f16", "f16, i64, f16",
  })
  void scalarTensor_besideDimensions_widensOnlyItsKind(String dim, String scalar, String result) {
    Tensor x = Tensor.zeros(type(dim), 2);
    Tensor s = Tensor.zeros(type(scalar));

    assertThat(x.add(s).type().label()).isEqualTo(result);
    assertThat(s.add(x).type().label()).isEqualTo(result);
  }

  @ParameterizedTest
  @CsvSource({
    "f16, f16, f16",
    "bf16, bf16, bf16",
    "f64, f64, f64",
    "fp8_e4m3, fp8_e4m3, fp8_e4m3",
    "i8, i8, f32",
    "i64, i64, f32",
    "bool, i64, f32",
  })
  void number_besideTensors_widensOnlyItsKind(String tensor, String whole, String fraction) {
    for (long[] shape : new long[][] {{}, {2}}) {
      Tensor x = Tensor.zeros(type(tensor), shape);
      assertThat(x.add(2).type().label()).isEqualTo(whole);
      assertThat(x.add(2.0).type().label()).isEqualTo(fraction);
      assertThat(x.mul(0.5).type().label()).isEqualTo(fraction);
    }
  }

  @Test
  void smallFloats_meet_whereOneHoldsTheOther() {
    assertThat(Tensor.promoteTypes(DType.FP8_E4M3, DType.BF16)).isEqualTo(DType.BF16);
    assertThat(Tensor.promoteTypes(DType.FP6_E3M2, DType.F16)).isEqualTo(DType.F16);
    assertThat(Tensor.promoteTypes(DType.FP8_E4M3, DType.FP8_E5M2)).isEqualTo(DType.F32);
    assertThat(Tensor.promoteTypes(DType.E8M0, DType.BF16)).isEqualTo(DType.F32);
    assertThat(Tensor.promoteTypes(DType.FP4_E2M1, DType.I64)).isEqualTo(DType.FP4_E2M1);
  }

  @Test
  void integers_overflowing_wrap() {
    Tensor x = Tensor.ofLongs(127, -128).to(DType.I8);

    assertThat(x.add(1).toLongs()).containsExactly(-128, -127);
    assertThat(x.neg().toLongs()).containsExactly(-127, -128);
    assertThat(Tensor.ofLongs(200).to(DType.U8).mul(2).toLongs()).containsExactly(144);
  }

  @Test
  void bools_add_asOr() {
    Tensor a = Tensor.of(1, 1, 0).gt(0);
    Tensor b = Tensor.of(1, 0, 0).gt(0);

    assertThat(a.add(b).toLongs()).containsExactly(1, 1, 0);
    assertThat(a.mul(b).toLongs()).containsExactly(1, 0, 0);
    assertThat(a.div(b).type()).isEqualTo(DType.F32);
    Messages.tensorRefusal(() -> a.sub(b))
        .isEqualTo(
            "sub: not defined for two bool tensors; compare them with ne, or convert one with to(I64)");
  }

  @Test
  void comparison_ofSmallIntegersWithLargeNumbers_isExact() {
    Tensor x = Tensor.ofLongs(200, 3).to(DType.U8);

    assertThat(x.lt(300).toLongs()).containsExactly(1, 1);
    assertThat(x.gt(2.5).toLongs()).containsExactly(1, 1);
    assertThat(Tensor.ofLongs((1L << 53) + 1).eq(1L << 53).toLongs()).containsExactly(0);
  }

  private static DType type(String label) {
    return DType.valueOf(label.toUpperCase(java.util.Locale.ROOT));
  }
}
