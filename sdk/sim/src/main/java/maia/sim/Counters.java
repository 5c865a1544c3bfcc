package maia.sim;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What was counted during a run.
///
/// @param hbmReadBytes bytes read from HBM, short rows rounded up to bursts
/// @param hbmWrittenBytes bytes written to HBM, short rows rounded up to bursts
/// @param csramBytes bytes through cluster SRAM ports
/// @param tsramBytes bytes that DMA moved into and out of tile SRAM
/// @param networkBytes bytes over the scale-up network
/// @param tensorFlops operations of the tensor units
/// @param vectorFlops operations of the vector processors
/// @param instructions engine instructions executed, synchronisation not counted
/// @param copies DMA copies
/// @param gathers DMA gathers and scatters
/// @param gatheredElements elements of gathers and scatters that were not masked off
/// @param atomics elements that atomics changed
/// @param descriptors descriptors that DMA channels started, one per contiguous run of a gather
/// @param pickedElements elements that the vector processors read by index
/// @param tensorFlopsByType tensor operations by input type
/// @param busyPicoseconds busy time by engine kind summed over its units, and of `hbm`
/// @param stallPicoseconds idle time of engines by kind and reason, and of `control`
/// @param stalls idle time of every queue by reason
/// @param engines work of every queue
public record Counters(
    long hbmReadBytes,
    long hbmWrittenBytes,
    long csramBytes,
    long tsramBytes,
    long networkBytes,
    long tensorFlops,
    long vectorFlops,
    long instructions,
    long copies,
    long gathers,
    long gatheredElements,
    long atomics,
    long descriptors,
    long pickedElements,
    SortedMap<String, Long> tensorFlopsByType,
    SortedMap<String, Long> busyPicoseconds,
    SortedMap<String, Long> stallPicoseconds,
    List<Stall> stalls,
    List<EngineUse> engines) {
  public Counters {
    engines = List.copyOf(engines);
    stalls = List.copyOf(stalls);
    tensorFlopsByType = Collections.unmodifiableSortedMap(new TreeMap<>(tensorFlopsByType));
    busyPicoseconds = Collections.unmodifiableSortedMap(new TreeMap<>(busyPicoseconds));
    stallPicoseconds = Collections.unmodifiableSortedMap(new TreeMap<>(stallPicoseconds));
  }

  /// Bytes read from and written to HBM.
  public long hbmBytes() {
    return hbmReadBytes + hbmWrittenBytes;
  }

  /// Counters without times of single queues.
  public Counters(
      long hbmReadBytes,
      long hbmWrittenBytes,
      long csramBytes,
      long tsramBytes,
      long networkBytes,
      long tensorFlops,
      long vectorFlops,
      long instructions,
      SortedMap<String, Long> tensorFlopsByType,
      SortedMap<String, Long> busyPicoseconds,
      SortedMap<String, Long> stallPicoseconds) {
    this(
        hbmReadBytes,
        hbmWrittenBytes,
        csramBytes,
        tsramBytes,
        networkBytes,
        tensorFlops,
        vectorFlops,
        instructions,
        0,
        0,
        0,
        0,
        0,
        0,
        tensorFlopsByType,
        busyPicoseconds,
        stallPicoseconds,
        List.of(),
        List.of());
  }
}
