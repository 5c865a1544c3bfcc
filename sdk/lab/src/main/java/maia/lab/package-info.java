/// What a notebook or shell shows: figures, tables, live progress.
///
/// In: numbers and records of the other rooms. Out: values that are [Rich][maia.base.Rich], so that
/// the same line shows as HTML or a picture in a notebook and as text in a terminal.
///
/// Terms. A *host* is where output goes: a Jupyter kernel, the notebook runner, or the console.
///
/// ```java
/// var chart =
///     BarChart.of("device time", Axis.linear("us"))
///         .over("BF16", "FP8", "MXFP4")
///         .add("measured", 4.0, 2.0, 1.0);
/// Viz.show(chart);
/// chart.figure().savePng(Path.of("time.png"));
/// ```
@NullMarked
package maia.lab;

import org.jspecify.annotations.NullMarked;
