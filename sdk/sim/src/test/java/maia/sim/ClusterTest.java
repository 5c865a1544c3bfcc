package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.npl.Expr;
import maia.npl.Home;
import maia.npl.Npl;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// Cluster DMA stages a block once; every tile of the cluster takes it.
class ClusterTest {
  private static String staged(int tiles) {
    return """
    program staged every_tile
      array x: f32[4, 256] in
      array y: f32[?, ?, ?] out
      buffer shared: f32[256] csram x2
      buffer own: f32[256] tsram x1
      semaphore staged[2] cluster initial 0 maximum 99
      semaphore taken[2] cluster initial %1$d maximum 99
      queue cluster_dma 0
        repeat %%i = 0 .. 4
          wait taken[%%i %% 2] by %1$d
          copy x[%%i, 0 +: 256] -> shared[%%i %% 2]  @ staged:1
          signal staged[%%i %% 2] by %1$d
      queue tile_dma 0
        repeat %%i = 0 .. 4
          wait staged[%%i %% 2]
          copy shared[%%i %% 2] -> own[0]  @ staged:2
          signal taken[%%i %% 2]
          copy own[0] -> y[%%tile, %%i, 0 +: 256]  @ staged:3
    """
        .formatted(tiles);
  }

  private static List<HostArray> arrays(int tiles) {
    return List.of(
        HostArray.of(Gemm.random(1024, 4), DType.F32, 4, 256),
        HostArray.zeros(DType.F32, tiles, 4, 256));
  }

  @Test
  void staging_readsHbmOncePerCluster() {
    for (Machine m : List.of(Chip.TOY, Chip.MAIA_200)) {
      var arrays = arrays(m.tiles());
      var run = Simulator.on(m).run(Npl.parse(staged(m.tilesPerCluster())), Launch.of(arrays));
      assertThat(run.counters().hbmReadBytes()).isEqualTo(4096L * m.clusters());
      assertThat(run.counters().csramBytes()).isEqualTo(4096L * (m.clusters() + m.tiles()));
      float[] x = arrays.get(0).toFloats();
      float[] y = arrays.get(1).toFloats();
      for (int i = 0; i < y.length; i++) {
        assertThat(y[i]).isEqualTo(x[i % 1024]);
      }
    }
  }

  private static NplException refused(String text) {
    return catchThrowableOfType(
        NplException.class,
        () -> Simulator.on(Chip.TOY).run(Npl.parse(text), Launch.of(arrays(2))));
  }

  @Test
  void staging_thatDoesNotWait_racesWithTheTiles() {
    var e =
        refused(
            staged(2)
                .replace("      wait taken[%i % 2] by 2\n", "")
                .replace("initial 2", "initial 0"));
    assertThat(e.category()).isEqualTo(Category.RACE);
    assertThat(e).hasMessageContaining("race on 'shared' slot 0: the write by copy x -> shared");
    assertThat(e.origin().line()).isEqualTo(1);
  }

  @Test
  void staging_thatWaitsForOneTileOnly_takesTheBlockFromTheOther() {
    var e =
        refused(
            staged(2)
                .replace("wait taken[%i % 2] by 2", "wait taken[%i % 2]")
                .replace("initial 2", "initial 1"));
    assertThat(e.category()).isEqualTo(Category.UNINITIALISED_READ);
    assertThat(e).hasMessageContaining("its contents were handed back by the signal");
  }

  @Test
  void tileQueue_inTheClustersPlace_isRefused() {
    var e = refused(staged(2).replace("-> shared[", "-> own["));
    assertThat(e.category()).isEqualTo(Category.STRUCTURE);
    assertThat(e)
        .hasMessage(
            "copy: cluster queue 'cdma0' has no tile of its own, 'own' lies in one; name the"
                + " tiles with 'on' [N102] [staged:1]");
  }

  @Test
  void remoteAddress_onAnotherChip_isRefusedAsNotBuilt() {
    var e = refused(staged(2).replace("-> own[0]", "-> own[0] on(1, 0, 1)"));
    assertThat(e.category()).isEqualTo(Category.NOT_BUILT);
    assertThat(e).hasMessage("chip 1: there is one chip, number 0 [N301] [staged:2]");
  }

  @Test
  void remoteAddress_onAnotherCluster_isRefusedAsNotBuilt() {
    var e = refused(staged(2).replace("-> own[0]", "-> own[0] on(0, %cluster + 1, 1)"));
    assertThat(e.category()).isEqualTo(Category.NOT_BUILT);
    assertThat(e)
        .hasMessage(
            "copy shared -> own: tile of chip 0, cluster 1, addressed from cluster 0; go through"
                + " HBM to reach it [N301] [staged:2]");
  }

  @Test
  void remoteAddress_beyondTheLanes_isOutOfBounds() {
    var e = refused(staged(2).replace("-> own[0]", "-> own[0] on lanes(0, 2, 2)"));
    assertThat(e.category()).isEqualTo(Category.OUT_OF_BOUNDS);
    assertThat(e)
        .hasMessage(
            "copy shared -> own: lane 2 of cluster 0, 2 of its tiles take part [N201] [staged:2]");
  }

  // ---- several tiles at once

  /// The cluster DMA writes every tile at once; each tile hands its slot back.
  private static String broadcast(String source) {
    return """
    program broadcast every_tile
      array x: f32[4, 256] in
      array y: f32[?, ?, ?] out
      buffer shared: f32[256] csram x1
      buffer own: f32[256] tsram x2
      semaphore full[2] tile initial 0 maximum 99
      semaphore taken[2] cluster initial 0 maximum 99
      queue cluster_dma 0
        copy x[0, 0 +: 256] -> shared[0]
        repeat %%i = 0 .. 4
          when %%i >= 2
            wait taken[%%i %% 2] by 2  @ b:1
          copy %s -> own[%%i %% 2] on lanes(0, %%lanes, 1)  @ b:2
          signal full[%%i %% 2] on lanes(0, %%lanes, 1)  @ b:3
        wait taken[0] by 2
        wait taken[1] by 2
      queue tile_dma 0
        repeat %%i = 0 .. 4
          wait full[%%i %% 2]
          copy own[%%i %% 2] -> y[%%tile, %%i, 0 +: 256]  @ b:4
          signal taken[%%i %% 2]
    """
        .formatted(source);
  }

  @Test
  void multicast_fromHbm_readsOnceAndWritesEveryTile() {
    var arrays = arrays(2);
    var run =
        Simulator.on(Chip.TOY).run(Npl.parse(broadcast("x[%i, 0 +: 256]")), Launch.of(arrays));
    assertThat(run.counters().hbmReadBytes()).isEqualTo(1024 + 4096);
    // four blocks into each tile and out again
    assertThat(run.counters().tsramBytes()).isEqualTo(2 * (4096 + 4096));
    float[] x = arrays.get(0).toFloats();
    float[] y = arrays.get(1).toFloats();
    for (int i = 0; i < y.length; i++) {
      assertThat(y[i]).isEqualTo(x[i % 1024]);
    }
  }

  @Test
  void multicast_fromClusterMemory_readsItOnce() {
    var run = Simulator.on(Chip.TOY).run(Npl.parse(broadcast("shared[0]")), Launch.of(arrays(2)));
    assertThat(run.counters().csramBytes()).isEqualTo(1024 + 4 * 1024);
    assertThat(run.counters().tsramBytes()).isEqualTo(2 * (4096 + 4096));
  }

  @Test
  void multicast_thatDoesNotWait_racesWithTheTiles() {
    var e =
        refused(
            broadcast("x[%i, 0 +: 256]")
                .replace("when %i >= 2", "when 0")
                .replace("    wait taken[0] by 2\n    wait taken[1] by 2\n", "")
                .replace("      signal taken[%i % 2]\n", ""));
    assertThat(e.category()).isEqualTo(Category.RACE);
    assertThat(e.origin().line()).isEqualTo(2);
  }

  @Test
  void multicast_withoutASignal_isADeadlockOfBothTiles() {
    var e =
        refused(
            broadcast("x[%i, 0 +: 256]")
                .replace(
                    "signal full[%i % 2] on lanes(0, %lanes, 1)", "signal full[0] on(0, 0, 0)"));
    assertThat(e.category()).isEqualTo(Category.DEADLOCK);
    assertThat(e).hasMessageContaining("dma0 on tile 1 waits for full[0] (value 0, needs 1)");
  }

  /// Each tile hands its row to its neighbour.
  private static final String RING =
      """
      program ring every_tile
        array x: f32[2, 64] in
        array y: f32[2, 64] out
        buffer own: f32[64] tsram x1
        buffer got: f32[64] tsram x1
        semaphore full[1] tile initial 0 maximum 9
        queue tile_dma 0
          copy x[%tile, 0 +: 64] -> own[0]
          copy own[0] -> got[0] on(0, %cluster, (%lane + 1) % 2)  @ ring:1
          signal full on(0, %cluster, (%lane + 1) % 2)
        queue tile_dma 1
          wait full
          copy got[0] -> y[%tile, 0 +: 64]  @ ring:2
      """;

  @Test
  void copy_intoAnotherTile_arrivesThere() {
    var x = HostArray.of(Gemm.random(128, 4), DType.F32, 2, 64);
    var y = HostArray.zeros(DType.F32, 2, 64);
    Simulator.on(Chip.TOY).run(Npl.parse(RING), Launch.of(List.of(x, y)));
    for (int i = 0; i < 128; i++) {
      assertThat(y.toFloats()[i]).isEqualTo(x.toFloats()[(i + 64) % 128]);
    }
  }

  @Test
  void copy_intoAnotherTileWithoutASignal_isAnUninitialisedReadOrARace() {
    var x = HostArray.of(Gemm.random(128, 4), DType.F32, 2, 64);
    var y = HostArray.zeros(DType.F32, 2, 64);
    String text =
        RING.replace("    wait full\n", "")
            .replace("    signal full on(0, %cluster, (%lane + 1) % 2)\n", "");
    var e =
        catchThrowableOfType(
            NplException.class,
            () -> Simulator.on(Chip.TOY).run(Npl.parse(text), Launch.of(List.of(x, y))));
    assertThat(e.category()).isIn(Category.UNINITIALISED_READ, Category.RACE);
  }

  /// Each tile writes its own row, then reads its neighbour's from there.
  private static Program neighbours(boolean hasBarrier) {
    return Npl.program(
        "neighbours",
        t -> {
          t.everyTile();
          var x = t.hbm("x", DType.F32, 2, 64);
          var y = t.hbm("y", DType.F32, 2, 64);
          var own = t.sram("own", DType.F32, 1, 1, 64);
          var got = t.sram("got", DType.F32, 1, 1, 64);
          var dma = t.dma(0);
          var next = Expr.reg("lane").plus(1).rem(2);
          dma.copy(x.at(Expr.reg("tile"), Expr.ZERO, 1, 64), own);
          if (hasBarrier) {
            dma.clusterBarrier();
          }
          dma.copy(own.on(Home.lane(next)), got)
              .copy(got, y.at(Expr.reg("tile"), Expr.ZERO, 1, 64));
        });
  }

  @Test
  void barrier_ordersTheTilesOfACluster() {
    var x = HostArray.of(Gemm.random(128, 4), DType.F32, 2, 64);
    var y = HostArray.zeros(DType.F32, 2, 64);
    Simulator.on(Chip.TOY).run(neighbours(true), Launch.of(List.of(x, y)));
    for (int i = 0; i < 128; i++) {
      assertThat(y.toFloats()[i]).isEqualTo(x.toFloats()[(i + 64) % 128]);
    }
  }

  @Test
  void readingAnotherTile_withoutABarrier_isRefused() {
    var x = HostArray.of(Gemm.random(128, 4), DType.F32, 2, 64);
    var y = HostArray.zeros(DType.F32, 2, 64);
    var e =
        catchThrowableOfType(
            NplException.class,
            () -> Simulator.on(Chip.TOY).run(neighbours(false), Launch.of(List.of(x, y))));
    assertThat(e.category()).isIn(Category.UNINITIALISED_READ, Category.RACE);
    assertThat(e).hasMessageContaining("of 'own' slot 0 by copy own -> got on dma0 on tile");
  }

  @Test
  void networkQueue_isRefusedAsNotBuilt() {
    var e = refused(staged(2) + "  queue network_dma 0\n");
    assertThat(e.category()).isEqualTo(Category.NOT_BUILT);
    assertThat(e).hasMessageContaining("the network DMA has no peer with one chip");
  }

  @Test
  void slotOfTwoReaders_eachWithItsOwnSemaphore_staysUntilBothGaveItBack() {
    String text =
        """
        program p one_tile
          array x: f32[8, 16] in
          array y: f32[8, 16] out
          array z: f32[8, 16] out
          buffer a: f32[16] tsram x1
          buffer b: f32[16] tsram x1
          semaphore free_v[1] tile initial 1 maximum 9
          semaphore free_d[1] tile initial 1 maximum 9
          semaphore full_v[1] tile initial 0 maximum 9
          semaphore full_d[1] tile initial 0 maximum 9
          queue tile_dma 0
            repeat %i = 0 .. 8
              wait free_v
              wait free_d
              copy x[%i, 0 +: 16] -> a[0]
              signal full_v
              signal full_d
          queue tvp
            repeat %i = 0 .. 8
              wait full_v
              map b[0] = a[0]
              signal free_v
          queue tile_dma 1
            repeat %i = 0 .. 8
              wait full_d
              copy a[0] -> y[%i, 0 +: 16]
              copy a[0] -> z[%i, 0 +: 16]
              signal free_d
        """;
    var x = HostArray.of(Gemm.random(128, 4), DType.F32, 8, 16);
    var y = HostArray.zeros(DType.F32, 8, 16);
    var z = HostArray.zeros(DType.F32, 8, 16);
    Simulator.on(Chip.TOY).run(Npl.parse(text), Launch.of(List.of(x, y, z)));
    assertThat(y.toFloats()).isEqualTo(x.toFloats());
    assertThat(z.toFloats()).isEqualTo(x.toFloats());
  }
}
