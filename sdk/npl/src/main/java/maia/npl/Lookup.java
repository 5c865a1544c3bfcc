package maia.npl;

import java.util.List;
import java.util.Optional;

/// The places of an array in HBM that a gather, a scatter or an atomic touches: one for every
/// element of its box on chip. Indices are data, read from tile SRAM when the instruction starts.
///
/// @param array the array parameter's name
/// @param at one coordinate per dimension of the array, outermost first
/// @param mask truth values that stretch over the box; elements where it is false touch nothing
public record Lookup(String array, List<Coordinate> at, Optional<Place.Region> mask) {
  public Lookup {
    at = List.copyOf(at);
  }

  /// How the index in one dimension of the array follows from the position in the box.
  public sealed interface Coordinate {}

  /// Indices that run along one dimension of the box, as in a [Place.Window].
  public record Run(Place.Axis axis) implements Coordinate {}

  /// Integers on chip that stretch over the box.
  public record Table(Place.Region region) implements Coordinate {}

  /// Places without a mask.
  public static Lookup of(HbmArray array, Coordinate... at) {
    return new Lookup(array.name(), List.of(at), Optional.empty());
  }

  /// These places where `mask` holds.
  public Lookup where(Operand truth) {
    return new Lookup(array, at, Optional.of(truth.region()));
  }

  /// The same index everywhere.
  public static Coordinate one(Expr index) {
    return new Run(Place.Axis.of(index, 1, -1));
  }

  /// Indices from `start` on, along dimension `along` of the box.
  public static Coordinate run(Expr start, int extent, int along) {
    return new Run(Place.Axis.of(start, extent, along));
  }

  /// Indices read on chip.
  public static Coordinate table(Operand indices) {
    return new Table(indices.region());
  }

  /// The regions of the tables and of the mask.
  List<Place.Region> regions() {
    var regions = new java.util.ArrayList<Place.Region>();
    for (Coordinate c : at) {
      if (c instanceof Table(var region)) {
        regions.add(region);
      }
    }
    mask.ifPresent(regions::add);
    return regions;
  }
}
