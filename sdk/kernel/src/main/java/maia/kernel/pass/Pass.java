package maia.kernel.pass;

import maia.kernel.ir.Func;

/// A pure rewrite: a function in, a new function out; unchanged input gives an equal value.
interface Pass {
  Func apply(Func func);

  default String name() {
    return getClass().getSimpleName();
  }
}
