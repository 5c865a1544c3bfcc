package maia.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class GenerationTest {
  private static final Decoder MODEL =
      new Decoder(DecoderConfig.parse("c", SmallCheckpoints.CONFIGS.get("mixtral")), 4);

  /// Without a cache: the whole text through the model for every token.
  private static List<Integer> slowly(Sampling sampling, int[] prompt, int limit) {
    List<Integer> tokens = new ArrayList<>();
    long[] all = Arrays.stream(prompt).asLongStream().toArray();
    for (int step = 0; step < limit; step++) {
      long[] now = all;
      Tensor scores =
          Tensor.noGrad(() -> MODEL.forward(Tensor.ofLongs(now).reshape(1, now.length)));
      int token = sampling.choose(scores.get(0, now.length - 1).toArray(), step);
      tokens.add(token);
      all = Arrays.copyOf(all, all.length + 1);
      all[all.length - 1] = token;
    }
    return tokens;
  }

  @Test
  void run_greedyAndSampled_equalsGeneratingWithoutACache() {
    for (Sampling sampling : List.of(Sampling.greedy(), Sampling.of(1.3, 9).topK(20).topP(0.95))) {
      Generation.Result result = Generation.of(MODEL).with(sampling).limit(12).run(1, 2, 3);
      assertThat(result.tokens()).isEqualTo(slowly(sampling, new int[] {1, 2, 3}, 12));
      assertThat(result.reason()).isEqualTo(Generation.Reason.LIMIT);
    }
  }

  @Test
  void run_batchOfUnequalPrompts_givesEachWhatItGetsAlone() {
    List<int[]> prompts = List.of(new int[] {1, 2, 3}, new int[] {7}, new int[] {9, 9, 4, 30, 2});
    KvPool pool = new KvPool(MODEL.config(), 30, 4);
    Generation generation =
        Generation.of(MODEL)
            .with(Sampling.of(1, 5))
            .limit(10)
            .caches(_ -> pool.sequence("s" + pool.pages().size()));
    List<Generation.Result> together = generation.run(prompts);
    for (int i = 0; i < prompts.size(); i++) {
      assertThat(together.get(i))
          .isEqualTo(Generation.of(MODEL).with(Sampling.of(1, 5)).limit(10).run(prompts.get(i)));
    }
  }

  @Test
  void run_stopToken_endsBeforeIt() {
    List<Integer> all = Generation.of(MODEL).with(Sampling.of(2, 1)).limit(10).run(5).tokens();
    int stop = all.get(4);
    int end = all.indexOf(stop);
    List<Integer> seen = new ArrayList<>();
    Generation.Result result =
        Generation.of(MODEL)
            .with(Sampling.of(2, 1))
            .limit(10)
            .stopAt(stop)
            .run(new int[] {5}, seen::add);
    assertThat(result.tokens()).isEqualTo(all.subList(0, end)).isEqualTo(seen);
    assertThat(result.reason()).isEqualTo(Generation.Reason.STOPPED);
  }

  @Test
  void run_interrupted_stopsAndClearsTheFlag() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Generation.of(MODEL).run(1)).isInstanceOf(CancellationException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  // ---------------------------------------------------------------- sampling

  private static Set<Integer> drawn(Sampling sampling, float... scores) {
    Set<Integer> tokens = new HashSet<>();
    for (int step = 0; step < 2_000; step++) {
      tokens.add(sampling.choose(scores, step));
    }
    return tokens;
  }

  private static final float[] SCORES = {
    (float) Math.log(0.4), (float) Math.log(0.1), (float) Math.log(0.3), (float) Math.log(0.2)
  };

  @Test
  void choose_filters_leaveOutWhatTheySay() {
    Sampling all = Sampling.of(1, 3);
    assertThat(drawn(all, SCORES)).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(drawn(all.topK(2), SCORES)).containsExactlyInAnyOrder(0, 2);
    assertThat(drawn(all.topP(0.69), SCORES)).containsExactlyInAnyOrder(0, 2);
    assertThat(drawn(all.topP(0.71), SCORES)).containsExactlyInAnyOrder(0, 2, 3);
    assertThat(drawn(all.minP(0.6), SCORES)).containsExactlyInAnyOrder(0, 2);
    assertThat(drawn(all.topP(1e-9), SCORES)).containsExactly(0);
  }

  @Test
  void choose_frequencies_areTheProbabilities() {
    int[] counts = new int[4];
    for (int step = 0; step < 20_000; step++) {
      counts[Sampling.of(0.5, 11).choose(SCORES, step)]++;
    }
    // at temperature 1/2 probabilities are squared: 16, 1, 9, 4 of 30
    double[] expected = {16 / 30.0, 1 / 30.0, 9 / 30.0, 4 / 30.0};
    for (int i = 0; i < 4; i++) {
      double deviation = Math.sqrt(20_000 * expected[i] * (1 - expected[i]));
      assertThat(Math.abs(counts[i] - 20_000 * expected[i])).isLessThan(4 * deviation);
    }
  }

  @Test
  void choose_equalScores_takesTheLowerToken() {
    assertThat(Sampling.greedy().choose(new float[] {-1, 2, 2, -0f}, 0)).isEqualTo(1);
    assertThat(Sampling.greedy().choose(new float[] {-0f, 0f, -1}, 0)).isEqualTo(0);
  }

  @Test
  void choose_infiniteScores_areCertainOrImpossible() {
    float inf = Float.POSITIVE_INFINITY;
    assertThat(drawn(Sampling.of(1, 4), 0, inf, 1)).containsExactly(1);
    assertThat(drawn(Sampling.of(1, 4), inf, 5, inf)).containsExactlyInAnyOrder(0, 2);
    assertThat(drawn(Sampling.of(1, 4), 0, -inf, 0)).containsExactlyInAnyOrder(0, 2);
    assertThat(drawn(Sampling.of(1, 4), -inf, -inf)).containsExactlyInAnyOrder(0, 1);
    assertThatThrownBy(() -> Sampling.greedy().choose(new float[0], 0))
        .hasMessage("sampling: needs the score of at least one token, got none");
  }

  @Test
  void choose_notANumber_isRefused() {
    assertThatThrownBy(() -> Sampling.greedy().choose(new float[] {1, Float.NaN}, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sampling: the score of token 1 is not a number");
  }

  @Test
  void of_settingsOutOfRange_areRefused() {
    assertThatThrownBy(() -> Sampling.of(-1, 0))
        .hasMessage("sampling: the temperature must be at least 0, was -1.0");
    assertThatThrownBy(() -> Sampling.greedy().topP(0))
        .hasMessage("sampling: top-p must be above 0 up to 1, was 0.0");
    assertThatThrownBy(() -> Generation.of(MODEL).run())
        .hasMessage("generation: a prompt needs at least one token");
  }

  // ---------------------------------------------------------------- outliers

  @Test
  void plant_powerOfTwo_leavesEveryBitOfTheScores() {
    Decoder plain = new Decoder(DecoderConfig.stories(), 3);
    Decoder planted = new Decoder(DecoderConfig.stories(), 3);
    Outliers.plant(planted, 32, 1);
    Tensor tokens = Tensor.ofLongs(0, 1, 2, 3, 60, 30, 4).reshape(1, 7);
    float[] expected = Tensor.noGrad(() -> plain.forward(tokens)).toArray();
    float[] actual = Tensor.noGrad(() -> planted.forward(tokens)).toArray();
    assertThat(actual).isEqualTo(expected);
    Tensor gain = planted.namedParameters().get("model.layers.0.input_layernorm.weight");
    assertThat(gain.max().item()).isEqualTo(32);
    assertThat(plain.parameterCount()).isEqualTo(207_552);
  }
}
