package maia.npl;

/// Something of a hand-written program that stands for a box on chip.
public interface Operand {
  /// The box.
  Place.Region region();
}
