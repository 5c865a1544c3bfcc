package maia.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import java.util.List;
import maia.cost.CostReport.KernelCost;
import maia.sim.Bound;
import org.junit.jupiter.api.Test;

class CostReportTest {
  private static final PriceBook BOOK =
      new PriceBook(
          "test",
          "toy",
          "nowhere",
          LocalDate.of(2026, 1, 1),
          new Range(3_600, 7_200),
          "made up for this test",
          PriceBook.Basis.LISTED);

  private static KernelCost kernel(double seconds, Bound.Kind kind) {
    return new KernelCost("k", seconds, 0.5, 2, 100, new Bound(kind, 0.9));
  }

  @Test
  void dollarsPerMillion_countKernelAndLaunchTime() {
    CostReport report =
        new CostReport("t", 1_000_000, List.of(kernel(1.5, Bound.Kind.TENSOR)), BOOK);
    assertThat(report.dollarsPerMillion().low()).isCloseTo(2.0, within(1e-12));
    assertThat(report.dollarsPerMillion().high()).isCloseTo(4.0, within(1e-12));
    assertThat(report.joules()).isEqualTo(2);
  }

  @Test
  void latencyBound_isDecidedByTime_notByCount() {
    KernelCost small = kernel(0.1, Bound.Kind.LATENCY);
    KernelCost large = kernel(1, Bound.Kind.HBM);
    assertThat(new CostReport("t", 1, List.of(small, small, large), BOOK).isLatencyBound())
        .isFalse();
    assertThat(new CostReport("t", 1, List.of(small, small), BOOK).isLatencyBound()).isTrue();
  }

  @Test
  void text_namesTheBookAndWhetherItIsModelled() {
    CostReport report = new CostReport("t", 1, List.of(kernel(1, Bound.Kind.TENSOR)), BOOK);
    assertThat(report.toString())
        .endsWith(" $ at 3600 to 7200 $/chip-hour, listed (test, nowhere, 2026-01-01)\n");
  }

  @Test
  void noItems_areRefused() {
    assertThatThrownBy(() -> new CostReport("t", 0, List.of(kernel(1, Bound.Kind.TENSOR)), BOOK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cost report 't': needs at least one item, was 0");
  }

  @Test
  void range_keepsThreeDigits_withoutExponent() {
    assertThat(new Range(0.00000705, 1234.5)).hasToString("0.00000705 to 1230");
    assertThat(Range.between(2, 1)).isEqualTo(new Range(1, 2));
  }

  @Test
  void range_inTheWrongOrder_isRefused() {
    assertThatThrownBy(() -> new Range(2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a range needs finite ends in order, was 2.0 to 1.0");
  }
}
