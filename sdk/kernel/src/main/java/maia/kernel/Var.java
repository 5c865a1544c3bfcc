package maia.kernel;

import maia.kernel.Tile.Made;

/// A value that may change inside loops and branches; its type is fixed.
public final class Var {
  private final Made cell;

  Var(Made cell) {
    this.cell = cell;
  }

  /// What it holds now.
  public Tile get() {
    return new Tile(Control.get(cell));
  }

  /// Makes it hold `value`, of the same type and shape.
  public void set(Tile value) {
    Control.set(cell, value.made);
  }

  /// Adds `value` to it.
  public void inc(Tile value) {
    set(get().add(value));
  }

  /// Adds `value` to it.
  public void inc(long value) {
    set(get().add(value));
  }

  /// Adds `value` to it.
  public void inc(double value) {
    set(get().add(value));
  }
}
