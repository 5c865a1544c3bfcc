package maia.kernel.mutants;

/// Tile programs as a person writes them: two slots, a semaphore per slot.
final class HandWritten {
  private HandWritten() {}

  static final String MATMUL =
      """
      program matmul every_tile
        array a: bf16[32, 48] in
        array b: bf16[48, 32] in
        array c: f32[32, 32] out
        buffer ta: bf16[16, 16] tsram x2
        buffer tb: bf16[16, 16] tsram x2
        buffer acc: f32[16, 16] acc x1
        buffer tc: f32[16, 16] tsram x1
        semaphore full[2] tile initial 0 maximum 1
        semaphore free[2] tile initial 1 maximum 1
        semaphore summed[1] tile initial 0 maximum 1
        semaphore taken[1] tile initial 1 maximum 1
        semaphore ready[1] tile initial 0 maximum 1
        semaphore gone[1] tile initial 1 maximum 1
        queue tile_dma 0
          set %lap = 0
          repeat %program = %tile .. %programs step %tiles
            repeat %i = 0 .. 3
              wait free[%lap]
              copy a[((%program / 2) * 16) +: 16, (%i * 16) +: 16] -> ta[%lap]
              copy b[(%i * 16) +: 16, ((%program % 2) * 16) +: 16] -> tb[%lap]
              signal full[%lap]
              set %lap = (%lap + 1) % 2
        queue ttu
          set %lap = 0
          repeat %program = %tile .. %programs step %tiles
            wait taken
            repeat %i = 0 .. 3
              wait full[%lap]
              mma acc[0], ta[%lap], tb[%lap] clear %i == 0
              signal free[%lap]
              set %lap = (%lap + 1) % 2
            signal summed
        queue tvp
          repeat %program = %tile .. %programs step %tiles
            wait summed
            wait gone
            map tc[0] = max(acc[0], 0.0)
            signal taken
            signal ready
        queue tile_dma 1
          repeat %program = %tile .. %programs step %tiles
            wait ready
            copy tc[0] -> c[((%program / 2) * 16) +: 16, ((%program % 2) * 16) +: 16]
            signal gone
      """;

  static final String SOFTMAX =
      """
      program softmax every_tile
        array x: f32[24, 32] in
        array y: f32[24, 32] out
        buffer tx: f32[4, 32] tsram x2
        buffer most: f32[4, 1] tsram x1
        buffer e: f32[4, 32] tsram x1
        buffer sum: f32[4, 1] tsram x1
        buffer ty: f32[4, 32] tsram x2
        semaphore full[2] tile initial 0 maximum 1
        semaphore free[2] tile initial 1 maximum 1
        semaphore ready[2] tile initial 0 maximum 1
        semaphore gone[2] tile initial 1 maximum 1
        queue tile_dma 0
          set %lap = 0
          repeat %program = %tile .. %programs step %tiles
            wait free[%lap]
            copy x[(%program * 4) +: 4, 0 +: 32] -> tx[%lap]
            signal full[%lap]
            set %lap = (%lap + 1) % 2
        queue tvp
          set %lap = 0
          repeat %program = %tile .. %programs step %tiles
            wait full[%lap]
            reduce most[0] = max tx[%lap] over [4, 32] axis 1
            map e[0] = exp((tx[%lap] - most[0]))
            signal free[%lap]
            reduce sum[0] = sum e[0] over [4, 32] axis 1
            wait gone[%lap]
            map ty[%lap] = (e[0] / sum[0])
            signal ready[%lap]
            set %lap = (%lap + 1) % 2
        queue tile_dma 1
          set %lap = 0
          repeat %program = %tile .. %programs step %tiles
            wait ready[%lap]
            copy ty[%lap] -> y[(%program * 4) +: 4, 0 +: 32]
            signal gone[%lap]
            set %lap = (%lap + 1) % 2
      """;

  static final String ATTENTION =
      """
      program attention every_tile
        array q: bf16[48, 16] in
        array key: bf16[64, 16] in
        array v: bf16[64, 16] in
        array o: bf16[48, 16] out
        buffer tq: bf16[16, 16] tsram x1
        buffer tk: bf16[16, 16] tsram x2
        buffer tv: bf16[16, 16] tsram x2
        buffer s: f32[16, 16] acc x2
        buffer p: bf16[16, 16] tsram x1
        buffer acc: f32[16, 16] acc x1
        buffer m: f32[16, 1] tsram x1
        buffer next: f32[16, 1] tsram x1
        buffer alpha: f32[16, 1] tsram x1
        buffer l: f32[16, 1] tsram x1
        buffer part: f32[16, 1] tsram x1
        buffer e: f32[16, 16] tsram x1
        buffer to: bf16[16, 16] tsram x1
        semaphore q_full[1] tile initial 0 maximum 1
        semaphore q_free[1] tile initial 1 maximum 1
        semaphore k_full[2] tile initial 0 maximum 1
        semaphore k_free[2] tile initial 1 maximum 1
        semaphore v_full[2] tile initial 0 maximum 1
        semaphore v_free[2] tile initial 1 maximum 1
        semaphore s_full[2] tile initial 0 maximum 1
        semaphore s_free[2] tile initial 1 maximum 1
        semaphore p_full[1] tile initial 0 maximum 1
        semaphore p_done[1] tile initial 0 maximum 1
        semaphore o_full[1] tile initial 0 maximum 1
        semaphore o_free[1] tile initial 1 maximum 1
        queue tile_dma 0
          repeat %program = %tile .. %programs step %tiles
            wait q_free
            copy q[(%program * 16) +: 16, 0 +: 16] -> tq[0]
            signal q_full
            repeat %j = 0 .. 4
              wait k_free[%j % 2]
              copy key[(%j * 16) +: 16, 0 +: 16] -> tk[%j % 2]
              signal k_full[%j % 2]
              wait v_free[%j % 2]
              copy v[(%j * 16) +: 16, 0 +: 16] -> tv[%j % 2]
              signal v_full[%j % 2]
        queue ttu
          repeat %program = %tile .. %programs step %tiles
            wait q_full
            repeat %j = 0 .. 4
              wait k_full[%j % 2]
              wait s_free[%j % 2]
              mma s[%j % 2], tq[0], tk[%j % 2].T clear 1
              signal k_free[%j % 2]
              signal s_full[%j % 2]
              wait v_full[%j % 2]
              wait p_full
              mma acc[0], p[0], tv[%j % 2] clear %j == 0
              signal v_free[%j % 2]
              signal p_done
            signal q_free
        queue tvp
          repeat %program = %tile .. %programs step %tiles
            map m[0] = -inf
            map l[0] = 0.0
            repeat %j = 0 .. 4
              wait s_full[%j % 2]
              reduce part[0] = max s[%j % 2] over [16, 16] axis 1
              map next[0] = max(m[0], part[0])
              map e[0] = exp(((s[%j % 2] - next[0]) * 0.25))
              signal s_free[%j % 2]
              map alpha[0] = exp(((m[0] - next[0]) * 0.25))
              map m[0] = next[0]
              reduce part[0] = sum e[0] over [16, 16] axis 1
              map l[0] = ((l[0] * alpha[0]) + part[0])
              when %j > 0
                wait p_done
                map acc[0] = (acc[0] * alpha[0])
              map p[0] = e[0]
              signal p_full
            wait p_done
            wait o_free
            map to[0] = (acc[0] / l[0])
            signal o_full
        queue tile_dma 1
          repeat %program = %tile .. %programs step %tiles
            wait o_full
            copy to[0] -> o[(%program * 16) +: 16, 0 +: 16]
            signal o_free
      """;
}
