/// The kernel language, its compiler and the kernel library.
module maia.kernel {
  requires transitive maia.base;
  requires transitive maia.numerics;
  requires transitive maia.machine;
  requires transitive maia.npl;
  requires static org.jspecify;

  exports maia.kernel;
  exports maia.kernel.interp;
  exports maia.kernel.ir;
  exports maia.kernel.library;
  exports maia.kernel.tune;

  uses maia.kernel.Launcher;
}
