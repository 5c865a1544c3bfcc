package maia.machine;

/// The units of a chip that an experiment may replace.
record Parts(
    TensorUnit ttu,
    VectorUnit tvp,
    Sram tsram,
    Sram csram,
    Hbm hbm,
    Dma tileDma,
    Dma clusterDma,
    Sync sync,
    Control control,
    Energy energy) {
  static Parts of(Machine m) {
    return new Parts(
        m.ttu(),
        m.tvp(),
        m.tsram(),
        m.csram(),
        m.hbm(),
        m.tileDma(),
        m.clusterDma(),
        m.sync(),
        m.control(),
        m.energy());
  }

  Parts withTtu(TensorUnit other) {
    return new Parts(other, tvp, tsram, csram, hbm, tileDma, clusterDma, sync, control, energy);
  }

  Parts withTvp(VectorUnit other) {
    return new Parts(ttu, other, tsram, csram, hbm, tileDma, clusterDma, sync, control, energy);
  }

  Parts withTsram(Sram other) {
    return new Parts(ttu, tvp, other, csram, hbm, tileDma, clusterDma, sync, control, energy);
  }

  Parts withCsram(Sram other) {
    return new Parts(ttu, tvp, tsram, other, hbm, tileDma, clusterDma, sync, control, energy);
  }

  Parts withHbm(Hbm other) {
    return new Parts(ttu, tvp, tsram, csram, other, tileDma, clusterDma, sync, control, energy);
  }

  Parts withTileDma(Dma other) {
    return new Parts(ttu, tvp, tsram, csram, hbm, other, clusterDma, sync, control, energy);
  }

  Parts withClusterDma(Dma other) {
    return new Parts(ttu, tvp, tsram, csram, hbm, tileDma, other, sync, control, energy);
  }

  Parts withSync(Sync other) {
    return new Parts(ttu, tvp, tsram, csram, hbm, tileDma, clusterDma, other, control, energy);
  }

  Parts withControl(Control other) {
    return new Parts(ttu, tvp, tsram, csram, hbm, tileDma, clusterDma, sync, other, energy);
  }

  Parts withEnergy(Energy other) {
    return new Parts(ttu, tvp, tsram, csram, hbm, tileDma, clusterDma, sync, control, other);
  }

  /// `m` with these units; sources still say where the catalogue's numbers came from.
  Machine in(Machine m) {
    return new Machine(
        m.name(),
        m.clusters(),
        m.tilesPerCluster(),
        m.clockHertz(),
        m.operatingPoints(),
        ttu,
        tvp,
        tsram,
        csram,
        hbm,
        tileDma,
        m.tileIngestBytesPerCycle(),
        clusterDma,
        m.network(),
        m.hostBytesPerSecond(),
        sync,
        control,
        energy,
        m.sources());
  }
}
