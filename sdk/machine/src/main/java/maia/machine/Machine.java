package maia.machine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Check;
import maia.numerics.DType;

/// A chip: everything the compiler, the simulator and the cost model know of it.
///
/// @param name the name shown in reports
/// @param clusters clusters on the chip
/// @param tilesPerCluster active tiles of a cluster
/// @param clockHertz the tile clock in force
/// @param operatingPoints the tile clocks that can be chosen
/// @param ttu tensor unit of a tile
/// @param tvp vector processor of a tile
/// @param tsram tile SRAM
/// @param csram cluster SRAM
/// @param hbm off-chip memory
/// @param tileDma DMA of a tile
/// @param tileIngestBytesPerCycle bytes a tile can take in per cycle, over all its channels
/// @param clusterDma DMA of a cluster
/// @param network scale-up network
/// @param hostBytesPerSecond host link, per direction
/// @param sync semaphores
/// @param control control processors
/// @param energy power and energy
/// @param sources a source for every number, keyed by its path, such as `hbm.bytesPerSecond`
public record Machine(
    String name,
    int clusters,
    int tilesPerCluster,
    double clockHertz,
    List<Double> operatingPoints,
    TensorUnit ttu,
    VectorUnit tvp,
    Sram tsram,
    Sram csram,
    Hbm hbm,
    Dma tileDma,
    int tileIngestBytesPerCycle,
    Dma clusterDma,
    Network network,
    double hostBytesPerSecond,
    Sync sync,
    Control control,
    Energy energy,
    Map<String, Source> sources) {
  public Machine {
    operatingPoints = List.copyOf(operatingPoints);
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources)); // keeps its order
    Check.argument(
        operatingPoints.contains(clockHertz),
        "machine '%s': clock %s Hz is not an operating point; choose one of %s",
        name,
        clockHertz,
        operatingPoints);
    Check.argument(
        clusters > 0 && tilesPerCluster > 0,
        "machine '%s': needs at least one cluster and one tile, was %d x %d",
        name,
        clusters,
        tilesPerCluster);
  }

  /// Active tiles of the chip.
  public int tiles() {
    return clusters * tilesPerCluster;
  }

  /// Dense peak of the tensor units for inputs of `type`, in operations per second; 0 when they do
  /// not take it.
  public double peakFlops(DType type) {
    return 2.0 * tiles() * ttu.macsPerCycle(type) * clockHertz;
  }

  /// Peak of the vector processors in 32-bit operations per second.
  public double peakVectorFlops() {
    return (double) tiles() * tvp.lanes32() * tvp.flopsPerLanePerCycle() * clockHertz;
  }

  /// Operations per HBM byte at which the tensor units and HBM balance.
  public double ridgePoint(DType type) {
    return peakFlops(type) / hbm.bytesPerSecond();
  }

  /// Whether the tensor unit takes `type` only by assumption.
  public boolean isAssumedTensorType(DType type) {
    Source source = sources.get("ttu.depth." + type.label());
    return source != null && source.mark() == Source.Mark.ASSUMED;
  }

  /// This chip at another operating point.
  public Machine atClock(double hertz) {
    return new Machine(
        name,
        clusters,
        tilesPerCluster,
        hertz,
        operatingPoints,
        ttu,
        tvp,
        tsram,
        csram,
        hbm,
        tileDma,
        tileIngestBytesPerCycle,
        clusterDma,
        network,
        hostBytesPerSecond,
        sync,
        control,
        energy,
        sources);
  }

  /// This chip with other sources of the same numbers.
  public Machine withSources(Map<String, Source> other) {
    return new Machine(
        name,
        clusters,
        tilesPerCluster,
        clockHertz,
        operatingPoints,
        ttu,
        tvp,
        tsram,
        csram,
        hbm,
        tileDma,
        tileIngestBytesPerCycle,
        clusterDma,
        network,
        hostBytesPerSecond,
        sync,
        control,
        energy,
        other);
  }

  /// This chip with another tensor unit.
  public Machine withTtu(TensorUnit other) {
    return Parts.of(this).withTtu(other).in(this);
  }

  /// This chip with another vector processor.
  public Machine withTvp(VectorUnit other) {
    return Parts.of(this).withTvp(other).in(this);
  }

  /// This chip with another tile SRAM.
  public Machine withTsram(Sram other) {
    return Parts.of(this).withTsram(other).in(this);
  }

  /// This chip with another cluster SRAM.
  public Machine withCsram(Sram other) {
    return Parts.of(this).withCsram(other).in(this);
  }

  /// This chip with another off-chip memory.
  public Machine withHbm(Hbm other) {
    return Parts.of(this).withHbm(other).in(this);
  }

  /// This chip with another tile DMA.
  public Machine withTileDma(Dma other) {
    return Parts.of(this).withTileDma(other).in(this);
  }

  /// This chip with another cluster DMA.
  public Machine withClusterDma(Dma other) {
    return Parts.of(this).withClusterDma(other).in(this);
  }

  /// This chip with other semaphores.
  public Machine withSync(Sync other) {
    return Parts.of(this).withSync(other).in(this);
  }

  /// This chip with other control processors.
  public Machine withControl(Control other) {
    return Parts.of(this).withControl(other).in(this);
  }

  /// This chip with other energies.
  public Machine withEnergy(Energy other) {
    return Parts.of(this).withEnergy(other).in(this);
  }

  /// Picoseconds that `cycles` of the tile clock take, rounded to the nearest.
  public long picoseconds(long cycles) {
    return Math.round(cycles * (1e12 / clockHertz));
  }

  /// Name, tiles, clock and memory in a line.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %d clusters x %d tiles at %.3f GHz, HBM %.0f GB at %.1f TB/s",
        name,
        clusters,
        tilesPerCluster,
        clockHertz / 1e9,
        hbm.bytes() / 1e9,
        hbm.bytesPerSecond() / 1e12);
  }
}
