package maia.lab.cells;

import java.util.List;
import java.util.stream.Collectors;

/// What is imported before the first line of a shell or notebook.
public final class Startup {
  private static final List<String> IMPORTS =
      List.of(
          "module java.base",
          "maia.base.*",
          "maia.numerics.*",
          "maia.machine.*",
          "maia.kernel.*",
          "maia.kernel.tune.*",
          "maia.npl.*",
          "maia.kernel.library.VectorAdd", // for the line that the shell offers to try
          "maia.tensor.*",
          "maia.tensor.io.Safetensors",
          "maia.tensor.data.*",
          "maia.tensor.optim.*",
          "maia.tensor.nn.*",
          // named, because java.lang has a Module of its own
          "maia.tensor.nn.Module",
          // and because the operation has the name of the module
          "maia.tensor.nn.Softmax",
          "maia.quant.*",
          "maia.models.*",
          "maia.models.text.*",
          "maia.graph.*",
          "maia.runtime.*",
          "maia.cost.*",
          "maia.plan.*",
          "maia.lab.*",
          // the one of a run, not the one of a machine; the one of a kernel, not of a projection
          "maia.lab.Roofline",
          "maia.kernel.Precision",
          // the one everybody writes lambdas with, not the table of element functions
          "java.util.function.Function",
          "maia.lab.puzzle.*",
          "static maia.numerics.DType.*",
          "static maia.kernel.Kernel.*");

  private Startup() {}

  /// The import declarations, one per line.
  public static String imports() {
    return IMPORTS.stream().collect(Collectors.joining(";\nimport ", "import ", ";\n"));
  }
}
