package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import maia.tensor.nn.LSTM;
import maia.tensor.optim.AdamW;
import maia.tensor.optim.SGD;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Sizes and counts that cannot be, and nothing where something is needed.
class ImpossibleSizesTest {
  private static Arguments refused(String message, ThrowingCallable call) {
    return Arguments.of(message, call);
  }

  static Stream<Arguments> calls() {
    return Stream.of(
        refused(
            "array: 1099511627776x1099511627776 has more than 2^56 elements",
            () -> Tensor.zeros(1L << 40, 1L << 40)),
        refused(
            "array: 1099511627776x1099511627776 has more than 2^56 elements",
            () -> Tensor.meta(maia.numerics.DType.F32, 1L << 40, 1L << 40)),
        refused("arange: the count must not be negative, was -3", () -> Tensor.arange(-3)),
        refused(
            "randperm: the count must not be negative, was -1",
            () -> Generator.seed(1).randperm(-1)),
        refused(
            "repeatInterleave: the count must not be negative, was -1",
            () -> Tensor.ones(2).repeatInterleave(-1, 0)),
        refused("module LSTM(3, 4): needs an input, got none", () -> new LSTM(3, 4, 0).call()),
        refused("sgd: needs at least one parameter, got none", () -> new SGD(List.of(), 0.1)),
        refused(
            "adamw: needs at least one parameter, got none", () -> new AdamW(List.of(), 0.1, 0)));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void call_isRefused(String message, ThrowingCallable call) {
    assertThatThrownBy(call).hasMessageStartingWith(message);
  }

  @Test
  void moreThanTheMachineHas_isRefusedWithTheWayOut() {
    assertThatThrownBy(() -> Tensor.zeros(1L << 44))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageStartingWith(
            "memory of arrays: the system has no 70,368,744,177,664 bytes more");
  }

  @Test
  void emptySizes_areFine() {
    assertThat(Tensor.zeros(0, 1L << 40).elements()).isZero();
    assertThat(Tensor.arange(0).elements()).isZero();
    assertThat(Tensor.ones(2).repeatInterleave(0, 0).elements()).isZero();
  }
}
