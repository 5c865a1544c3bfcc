package maia.lab.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maia.lab.jupyter.KernelInstall;

/// `./maia lab`: registers the kernel for this user and opens Jupyter on the notebooks. With
/// `--kernel-only` it stops after the first half, for editors that bring their own front end.
final class Jupyter {
  /// What to do on a machine without Jupyter.
  static final String HOW_TO_GET =
      "install one, for example: sudo apt-get install jupyter-notebook, brew install jupyterlab,"
          + " or pip install notebook; VS Code and IntelliJ also find the kernel. Without Jupyter,"
          + " ./maia run notebooks/NAME.ipynb runs a notebook";

  private static final List<String> FRONTS = List.of("jupyter-lab", "jupyter-notebook");

  private Jupyter() {}

  static int run(List<String> arguments) throws Exception {
    Path kernel = KernelInstall.install(KernelInstall.userDirectory(System.getenv()));
    System.out.println("kernel '" + KernelInstall.NAME + "' registered in " + kernel);
    if (arguments.equals(List.of("--kernel-only"))) {
      return 0;
    }
    Optional<Path> front = find(System.getenv().getOrDefault("PATH", ""));
    if (front.isEmpty()) {
      System.err.println("maia: no Jupyter found; " + HOW_TO_GET);
      return 1;
    }
    List<String> command = new ArrayList<>(List.of(front.get().toString()));
    command.addAll(arguments);
    Path notebooks = Path.of(System.getProperty("maia.home", "."), "notebooks");
    ProcessBuilder jupyter = new ProcessBuilder(command).inheritIO();
    if (Files.isDirectory(notebooks)) {
      jupyter.directory(notebooks.toFile());
    }
    Process running = jupyter.start();
    // Ctrl-C reaches both; this JVM stays until Jupyter has asked its question and ended
    Runtime.getRuntime().addShutdownHook(new Thread(() -> await(running)));
    return running.waitFor();
  }

  private static void await(Process process) {
    try {
      process.waitFor();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /// The Jupyter front end on a search path, the newest kind first.
  static Optional<Path> find(String searchPath) {
    return FRONTS.stream().flatMap(name -> on(searchPath, name)).findFirst();
  }

  private static Stream<Path> on(String searchPath, String name) {
    return Stream.of(searchPath.split(File.pathSeparator))
        .filter(folder -> !folder.isBlank())
        .flatMap(folder -> Stream.of(Path.of(folder, name), Path.of(folder, name + ".exe")))
        .filter(Files::isExecutable);
  }
}
