package maia.machine;

import static maia.machine.Source.Mark.ASSUMED;
import static maia.machine.Source.Mark.CALIBRATED;
import static maia.machine.Source.Mark.DERIVED;
import static maia.machine.Source.Mark.VENDOR;
import static maia.machine.Source.Mark.VENDOR_RELAYED;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.base.Nearest;
import maia.numerics.DType;

/// The catalogue of chips.
public final class Chip {
  private static final long MIB = 1L << 20;
  private static final List<Double> POINTS = List.of(1.6e9, 2.0e9, 2.15e9);

  /// Maia 200 at its headline clock of 2.15 GHz: 4 clusters of 9 tiles.
  public static final Machine MAIA_200 = maia200("maia-200", 9, 2.15e9, POINTS);

  /// Maia 200 with all ten built tiles of a cluster enabled, at the clock that gives the same
  /// peaks.
  public static final Machine MAIA_200_40_TILES =
      maia200("maia-200-40-tiles", 10, 1.935e9, List.of(1.6e9, 1.935e9, 2.0e9));

  /// A toy chip for tests: 1 cluster of 2 small tiles at 1 GHz, round numbers throughout.
  public static final Machine TOY = toy();

  private Chip() {}

  /// The chips that are described unit by unit.
  public static List<Machine> all() {
    return List.of(MAIA_200, MAIA_200_40_TILES, TOY);
  }

  /// The described chip of that name; an unknown one is refused with the names there are.
  public static Machine named(String name) {
    List<String> names = all().stream().map(Machine::name).toList();
    return all().stream()
        .filter(m -> m.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no chip '%s' is described unit by unit; there are %s, and files read with Chip.from(path)%s"
                    .formatted(name, String.join(", ", names), Nearest.hint(name, names))));
  }

  /// The chip described in a file as [#save] writes it. A file with `"extends": "maia-200"` gives
  /// only what differs; every number it gives needs a line in `sources`, else it counts as assumed.
  /// Unknown, missing and impossible fields are refused by name.
  public static Machine from(Path file) {
    return ChipFile.read(file);
  }

  /// Writes everything that is known of `chip`, with its sources, to a JSON file; a file that is
  /// there is replaced as a whole.
  public static void save(Machine chip, Path file) {
    ChipFile.write(chip, file);
  }

  private static Machine maia200(String name, int tiles, double clock, List<Double> points) {
    return new Machine(
        name,
        4,
        tiles,
        clock,
        points,
        new TensorUnit(
            32,
            32,
            Map.of(
                DType.FP4_E2M1,
                64,
                DType.FP8_E4M3,
                32,
                DType.FP8_E5M2,
                32,
                DType.FP6_E2M3,
                32,
                DType.FP6_E3M2,
                32,
                DType.BF16,
                8,
                DType.F16,
                8,
                DType.I8,
                32),
            64,
            1088,
            512,
            Ports.SEPARATE),
        new VectorUnit(128, 256, 6, 8, 8, 16),
        new Sram(3 * MIB, 24, 1088, 256, Ports.SHARED),
        new Sram(35 * MIB, 70, 1152, 2304, Ports.SHARED),
        new Hbm(216_000_000_000L, 7.0e12, 0.9, 600_000),
        new Dma(2, 128, 40, 64 << 10),
        256,
        new Dma(4, 219, 40, 136 << 10),
        new Network(28, 50e9, 1_000_000),
        64e9,
        new Sync(64, 256, 65_535, 2, 10, 60, 150),
        new Control(16, 32, 5_000_000),
        new Energy(
            750,
            150,
            Map.of(
                DType.FP4_E2M1,
                0.028,
                DType.FP8_E4M3,
                0.056,
                DType.FP8_E5M2,
                0.056,
                DType.FP6_E2M3,
                0.056,
                DType.FP6_E3M2,
                0.056,
                DType.BF16,
                0.225,
                DType.F16,
                0.225,
                DType.I8,
                0.056),
            0.9,
            4,
            1,
            0.5,
            8,
            new Voltage(clock, 0.8, 0.2, 0.6)),
        maia200Sources(tiles));
  }

  private static Map<String, Source> maia200Sources(int tiles) {
    Map<String, Source> s = new LinkedHashMap<>();
    s.put("clusters", new Source(VENDOR_RELAYED, "arXiv:2608.24664: 4 clusters"));
    s.put(
        "tilesPerCluster",
        tiles == 9
            ? new Source(VENDOR_RELAYED, "arXiv:2608.24664: 10 built, 9 enabled per cluster")
            : new Source(VENDOR_RELAYED, "arXiv:2608.24664: 10 built per cluster"));
    s.put(
        "clockHertz",
        new Source(
            DERIVED,
            "published peaks need tiles x GHz = 77.40; paper's benchmarks ran at 2.0 GHz"));
    s.put(
        "operatingPoints",
        new Source(
            ASSUMED,
            "DVFS is published, the points are not: paper baseline 2.0, headline, one low point"));
    Source block = new Source(VENDOR_RELAYED, "arXiv:2608.24664: multiplies 32xK by Kx32 per step");
    s.put("ttu.rows", block);
    s.put("ttu.columns", block);
    Source rate =
        new Source(
            VENDOR_RELAYED,
            "arXiv:2608.24664: 65,536 / 32,768 / 8,192 MAC per clock, K = 64 / 32 / 8");
    for (String t : List.of("fp4_e2m1", "fp8_e4m3", "fp8_e5m2", "fp6_e2m3", "fp6_e3m2", "bf16")) {
      s.put("ttu.depth." + t, rate);
    }
    s.put(
        "ttu.depth.f16", new Source(ASSUMED, "not published; taken at the BF16 rate, same width"));
    s.put("ttu.depth.i8", new Source(ASSUMED, "not published; taken at the FP8 rate, same width"));
    s.put(
        "ttu.fillCycles", new Source(ASSUMED, "not public; 32 + 32 skew of a systolic-like array"));
    s.put(
        "ttu.operandBytesPerCycle",
        new Source(
            DERIVED,
            "32 x 64 x 0.5 B + 64 B of scales = 1,088; published feed of 2,024 GiB/s at 2 GHz"));
    s.put("ttu.resultBytesPerCycle", new Source(ASSUMED, "not public; 128 fp32 results per clock"));
    s.put(
        "ttu.resultPorts",
        new Source(
            ASSUMED, "not public; shared, a product would need twice the depth to hide the sum"));
    Source lanes =
        new Source(VENDOR_RELAYED, "arXiv:2608.24664: 256 lanes 16-bit, 128 lanes FP32 per tile");
    s.put("tvp.lanes32", lanes);
    s.put("tvp.lanes16", lanes);
    s.put(
        "tvp.flopsPerLanePerCycle",
        new Source(DERIVED, "3.07 TFLOP/s / (256 lanes x 2 GHz) = 6; 1.54 / (128 x 2) = 6"));
    s.put(
        "tvp.exponentialFlops",
        new Source(
            CALIBRATED,
            "FP8 attention at 1.65 PFLOP/s (Hot Chips 2026): 11.2 ps, 2.9 lane-clocks per score; one for the row"
                + " maximum, 128/1024 for rescaling, leaves 1.7 for scale, exponential and rounding: 8 operations"));
    s.put(
        "tvp.transcendentalFlops",
        new Source(ASSUMED, "rate not public; a polynomial like the exponential's"));
    s.put("tvp.startCycles", new Source(ASSUMED, "not public; pipeline of the order of 16 stages"));
    s.put("tsram.bytes", new Source(VENDOR_RELAYED, "arXiv:2608.24664: 3 MiB per tile"));
    s.put("tsram.banks", new Source(ASSUMED, "multi-banked is published; 3 MiB / 24 = 128 KiB"));
    s.put(
        "tsram.bankBytesPerCycle",
        new Source(ASSUMED, "an operand that lies in one bank streams at the rate of its port"));
    s.put("tsram.ports", new Source(ASSUMED, "not public; one DMA port per tile"));
    s.put(
        "tsram.bytesPerCycle",
        new Source(DERIVED, "DMA side: what a tile ingests, CSRAM bandwidth / 9 tiles"));
    s.put(
        "csram.bytes",
        new Source(DERIVED, "40 x 3 MiB + 4 x 35 MiB = 272.6 MB, the published total"));
    s.put("csram.banks", new Source(ASSUMED, "multi-banked is published; 35 MiB / 70 = 512 KiB"));
    s.put(
        "csram.bankBytesPerCycle",
        new Source(ASSUMED, "not public; two banks together feed the port"));
    s.put("csram.ports", new Source(ASSUMED, "not public; the careful choice of the two"));
    s.put(
        "csram.bytesPerCycle",
        new Source(
            ASSUMED, "between HBM (1.75 TB/s per cluster) and TSRAM (20): 256 B/clk per tile"));
    s.put("hbm.bytes", new Source(VENDOR, "Microsoft blog 2026-01-26: 216 GB HBM3e"));
    s.put("hbm.bytesPerSecond", new Source(VENDOR, "Microsoft blog 2026-01-26: 7 TB/s"));
    s.put(
        "hbm.bankEfficiency",
        new Source(ASSUMED, "0.9 for direct, long streams; GPUs measure 0.80 to 0.95"));
    s.put(
        "hbm.latencyPicoseconds",
        new Source(ASSUMED, "600 ns load to TSRAM; GPU class is 500-800 ns"));
    Source tileDma =
        new Source(
            ASSUMED, "channel count and width not public; 2 x 128 B/clk matches the tile's ingest");
    s.put("tileDma.channels", tileDma);
    s.put("tileDma.bytesPerCycle", tileDma);
    s.put("tileDma.issueCycles", new Source(ASSUMED, "not public; 40 cycles per descriptor"));
    s.put(
        "tileDma.outstandingBytes",
        new Source(
            ASSUMED, "not public; 64 KiB per channel lets 36 tiles fill HBM by Little's law"));
    s.put("tileIngestBytesPerCycle", new Source(ASSUMED, "2,304 B/clk of a cluster / 9 tiles"));
    s.put("clusterDma.channels", new Source(ASSUMED, "multichannel is published, four chosen"));
    s.put(
        "clusterDma.bytesPerCycle",
        new Source(DERIVED, "875 B/clk per cluster (1.75 TB/s at 2 GHz) over four channels"));
    s.put("clusterDma.issueCycles", new Source(ASSUMED, "as the tile DMA"));
    s.put(
        "clusterDma.outstandingBytes",
        new Source(ASSUMED, "136 KiB: 16 channels x 136 KiB / 600 ns is about 53 % of 7 TB/s"));
    Source ports = new Source(VENDOR_RELAYED, "arXiv:2608.24664: 28 on-die NICs x 400 Gb/s");
    s.put("network.ports", ports);
    s.put("network.bytesPerSecondPerPort", ports);
    s.put(
        "network.latencyPicoseconds",
        new Source(VENDOR_RELAYED, "Hot Chips 2026: below 1 us one way, point to point"));
    s.put(
        "hostBytesPerSecond", new Source(VENDOR_RELAYED, "Hot Chips 2026: PCIe Gen6 x8, 64 GB/s"));
    Source count = new Source(ASSUMED, "counts not public");
    s.put("sync.perTile", count);
    s.put("sync.perCluster", count);
    s.put("sync.maximum", new Source(ASSUMED, "16-bit counters"));
    s.put(
        "sync.perInstruction",
        new Source(
            VENDOR_RELAYED, "paper: 2 + 2 semaphores per macro-instruction; slides say 3 + 3"));
    Source signal = new Source(ASSUMED, "not public; grows with distance");
    s.put("sync.tileCycles", signal);
    s.put("sync.clusterCycles", signal);
    s.put("sync.chipCycles", signal);
    Source control = new Source(ASSUMED, "not public; source of small-kernel overhead");
    s.put("control.issueCycles", control);
    s.put("control.queueDepth", control);
    s.put("control.launchPicoseconds", new Source(ASSUMED, "5 us, a typical accelerator runtime"));
    s.put("energy.thermalDesignWatts", new Source(VENDOR, "Microsoft blog 2026-01-26: 750 W"));
    s.put("energy.idleWatts", new Source(ASSUMED, "20 % of TDP"));
    for (String t :
        List.of("fp4_e2m1", "fp8_e4m3", "fp8_e5m2", "fp6_e2m3", "fp6_e3m2", "bf16", "f16", "i8")) {
      s.put(
          "energy.tensorPicojoulesPerFlop." + t,
          new Source(
              ASSUMED,
              "what is left of 750 W at full rate: 750 - 224 (HBM) - 90 (network) - 150 (idle) = 286 W over the peak"));
    }
    s.put(
        "energy.vectorPicojoulesPerFlop",
        new Source(ASSUMED, "4 x the BF16 tensor figure: twice the width, no operand sharing"));
    s.put("energy.hbmPicojoulesPerBit", new Source(ASSUMED, "HBM3e class, 4 pJ/bit"));
    s.put(
        "energy.csramPicojoulesPerByte",
        new Source(ASSUMED, "large SRAM macro plus on-chip network"));
    s.put("energy.tsramPicojoulesPerByte", new Source(ASSUMED, "small SRAM macro"));
    s.put(
        "energy.networkPicojoulesPerBit",
        new Source(VENDOR_RELAYED, "Hot Chips 2026: below 8 pJ/bit"));
    Source volts =
        new Source(
            ASSUMED,
            "DVFS is published, V(f) is not: 3 nm class, 0.8 V at the headline clock, 0.2 V/GHz");
    s.put("energy.voltage.nominalHertz", volts);
    s.put("energy.voltage.nominalVolts", volts);
    s.put("energy.voltage.voltsPerGigahertz", volts);
    s.put("energy.voltage.minimumVolts", volts);
    return s;
  }

  private static Machine toy() {
    Machine m = MAIA_200;
    Map<String, Source> sources = new LinkedHashMap<>();
    m.sources().forEach((path, _) -> sources.put(path, new Source(ASSUMED, "toy chip for tests")));
    return new Machine(
        "toy",
        1,
        2,
        1.0e9,
        List.of(0.5e9, 1.0e9),
        new TensorUnit(
            8,
            8,
            Map.of(
                DType.FP4_E2M1,
                16,
                DType.FP8_E4M3,
                8,
                DType.FP8_E5M2,
                8,
                DType.FP6_E2M3,
                8,
                DType.FP6_E3M2,
                8,
                DType.BF16,
                4,
                DType.F16,
                4,
                DType.I8,
                8),
            10,
            1024,
            256,
            Ports.SEPARATE),
        new VectorUnit(16, 32, 1, 4, 4, 5),
        new Sram(256 << 10, 8, 1024, 64, Ports.SHARED),
        new Sram(1 << 20, 8, 128, 128, Ports.SHARED),
        new Hbm(1L << 30, 64e9, 1.0, 100_000),
        new Dma(2, 32, 10, 8 << 10),
        64,
        new Dma(1, 64, 10, 16 << 10),
        new Network(1, 1e9, 1_000_000),
        1e9,
        new Sync(64, 64, 65_535, 2, 4, 10, 20),
        new Control(2, 32, 1_000_000),
        new Energy(
            10,
            1,
            Map.of(
                DType.FP4_E2M1,
                0.1,
                DType.FP8_E4M3,
                0.2,
                DType.FP8_E5M2,
                0.2,
                DType.FP6_E2M3,
                0.2,
                DType.FP6_E3M2,
                0.2,
                DType.BF16,
                0.5,
                DType.F16,
                0.5,
                DType.I8,
                0.2),
            1,
            4,
            1,
            1,
            8,
            new Voltage(1.0e9, 0.8, 0, 0.6)),
        sources);
  }
}
