package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.npl.Npl;
import maia.npl.NplException;
import maia.npl.NplException.Category;
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
            "copy: cluster queue 'cdma0' reaches cluster SRAM only, 'own' lies in a tile"
                + " [staged:1]");
  }

  @Test
  void remoteAddress_isRefusedAsNotBuilt() {
    var e = refused(staged(2).replace("-> own[0]", "-> own[0] on(0, 0, 1)"));
    assertThat(e.category()).isEqualTo(Category.NOT_BUILT);
    assertThat(e).hasMessageContaining("addresses of other tiles are not built");
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
