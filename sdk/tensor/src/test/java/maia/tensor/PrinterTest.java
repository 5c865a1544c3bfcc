package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import maia.numerics.DType;
import org.junit.jupiter.api.Test;

class PrinterTest {
  @Test
  void matrix_prints_likePyTorch() {
    assertThat(Tensor.of(new float[][] {{1.5f, -2}, {0.25f, 10}}))
        .hasToString(
            """
            tensor([[ 1.5000, -2.0000],
                    [ 0.2500, 10.0000]])\
            """);
  }

  @Test
  void wholeNumbers_print_withoutDecimals() {
    assertThat(Tensor.of(1, 2, 300)).hasToString("tensor([  1.,   2., 300.])");
    assertThat(Tensor.arange(3)).hasToString("tensor([0, 1, 2])");
    assertThat(Tensor.of(1, 0).gt(0)).hasToString("tensor([ true, false])");
  }

  @Test
  void wideRange_prints_scientific() {
    assertThat(Tensor.of(1e-6f, 2)).hasToString("tensor([1.0000e-06, 2.0000e+00])");
  }

  @Test
  void specials_print_byName() {
    assertThat(Tensor.of(Float.NaN, Float.NEGATIVE_INFINITY, 0.5f))
        .hasToString("tensor([   nan,   -inf, 0.5000])");
  }

  @Test
  void scalarTypeAndGradient_print_asSuffix() {
    assertThat(Tensor.scalar(2.5f).to(DType.BF16).requireGrad())
        .hasToString("tensor(2.5000, dtype=bf16, requiresGrad=true)");
    assertThat(Tensor.zeros(0)).hasToString("tensor([])");
    assertThat(Tensor.zeros(0, 3)).hasToString("tensor([], size=(0, 3))");
  }

  @Test
  void largeTensor_prints_shortened() {
    assertThat(Tensor.arange(2000).reshape(40, 50))
        .hasToString(
            """
            tensor([[   0,    1,    2,  ...,   47,   48,   49],
                    [  50,   51,   52,  ...,   97,   98,   99],
                    [ 100,  101,  102,  ...,  147,  148,  149],
                    ...,
                    [1850, 1851, 1852,  ..., 1897, 1898, 1899],
                    [1900, 1901, 1902,  ..., 1947, 1948, 1949],
                    [1950, 1951, 1952,  ..., 1997, 1998, 1999]])\
            """);
  }

  @Test
  void cube_prints_withBlankLines() {
    assertThat(Tensor.arange(8).reshape(2, 2, 2))
        .hasToString(
            """
            tensor([[[0, 1],
                     [2, 3]],

                    [[4, 5],
                     [6, 7]]])\
            """);
  }

  @Test
  void longVector_prints_onlyItsEnds() {
    assertThat(Tensor.arange(5000))
        .hasToString("tensor([   0,    1,    2,  ..., 4997, 4998, 4999])");
    assertThat(Tensor.scalar(1).expand(1L << 40))
        .hasToString("tensor([1., 1., 1.,  ..., 1., 1., 1.])");
  }

  @Test
  void mime_offersStripTableAndText() {
    assertThat(Tensor.of(-1, 2).mime())
        .containsEntry("text/plain", "tensor([-1.,  2.])")
        .containsEntry(
            "text/html",
            "<div style=\"font-family:monospace\"><b>f32 2</b> on cpu</div>"
                + "<svg width=\"12\" height=\"14\" role=\"img\" aria-label=\"values in row order, blue"
                + " negative, orange positive\" style=\"display:block;margin:3px 0\">"
                + "<rect x=\"0\" width=\"6\" height=\"14\" fill=\"#8caed2\"/>"
                + "<rect x=\"6\" width=\"6\" height=\"14\" fill=\"#b35806\"/></svg>"
                + "<small>colours: &minus;2.00 to 2.00</small><table><tr>"
                + "<td style=\"text-align:right\">-1.</td><td style=\"text-align:right\">2.</td>"
                + "</tr></table>");
  }

  @Test
  void html_largeTensor_showsCornersOfTheFirstMatrix() {
    String html = Tensor.arange(2 * 20 * 30).reshape(2, 20, 30).mime().get("text/html");

    assertThat(html)
        .as("the place of the matrix has a line of its own")
        .contains("means of neighbours</small><div><small>[0, :, :]</small></div><table>");
    assertThat(html).contains("&hellip;", "&#8942;", "means of neighbours", ">599<");
    assertThat(html).doesNotContain(">600<").hasSizeLessThan(9000);
    assertThat(Tensor.meta(DType.BF16, 4, 4).mime().get("text/html"))
        .isEqualTo("<div style=\"font-family:monospace\"><b>bf16 4x4</b> on meta</div>");
    assertThat(Tensor.of(1, Float.NaN).mime().get("text/html")).contains("#999999");
  }

  @Test
  void emptyMatrix_printsItsSize() {
    assertThat(Tensor.zeros(2, 0)).hasToString("tensor([], size=(2, 0))");
    assertThat(Tensor.zeros(2, 0).select(0, 1).toArray()).isEmpty();
    assertThat(Tensor.zeros(DType.I64, 2, 0).select(0, 1).toLongs()).isEmpty();
  }

  /// As PyTorch: the width is that of the finite numbers other than 0.
  @Test
  void infinitiesAndNaN_doNotWidenNumbers() {
    assertThat(Tensor.of(0, 0, Float.NEGATIVE_INFINITY)).hasToString("tensor([0., 0., -inf])");
    assertThat(Tensor.of(Float.NaN, Float.POSITIVE_INFINITY, 1))
        .hasToString("tensor([nan, inf, 1.])");
    assertThat(Tensor.of(0.5f, Float.NaN)).hasToString("tensor([0.5000,    nan])");
  }
}
