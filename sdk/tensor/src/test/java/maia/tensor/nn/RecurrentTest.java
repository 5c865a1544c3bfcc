package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.numerics.DType;
import maia.tensor.GradCheck;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Recurrent layers against values that PyTorch 1.13 gives for the same parameters.
class RecurrentTest {
  private static final float ROUNDING = 1e-6f;

  /// Parameters that both sides can write down.
  private static <M extends Recurrent> M filled(M layer) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    layer
        .stateDict()
        .forEach((name, value) -> {
          float[] values = new float[(int) value.elements()];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i * 0.37f + name.length()) * 0.5f;
          }
          state.put(name, Tensor.of(values, value.shape()));
        });
    layer.loadStateDict(state);
    return layer;
  }

  private static Tensor sequences() {
    float[] values = new float[12];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.cos(i * 0.7f);
    }
    return Tensor.of(values, 2, 3, 2);
  }

  private static void is(Tensor got, float... expected) {
    assertThat(got.detach().toArray()).containsExactly(expected, within(ROUNDING));
  }

  @Test
  void lstm_twoLayersInBothDirections_followsPyTorch() {
    LSTM lstm = filled(new LSTM(2, 3, Recurrent.Settings.ONE.layers(2).both(), 1));
    Recurrent.Result result = lstm.run(sequences());

    assertThat(result.output().shape()).containsExactly(2, 3, 6);
    is(
        result.output().get(0),
        0.02379709f,
        -0.06224888f,
        0.08036762f,
        0.2304083f,
        0.252708f,
        0.4684827f,
        -0.02086527f,
        -0.04879574f,
        0.09563412f,
        0.234518f,
        0.2171047f,
        0.3247996f,
        -0.05555589f,
        -0.003978302f,
        0.06894632f,
        0.1793769f,
        0.1268019f,
        0.1750124f);
    is(
        result.hidden(),
        0.1042065f,
        0.08713668f,
        0.05764573f,
        -0.1905159f,
        -0.2007585f,
        -0.04463981f,
        0.3680934f,
        0.4078985f,
        0.2884705f,
        0.269866f,
        0.344029f,
        0.3388128f,
        -0.05555589f,
        -0.003978302f,
        0.06894632f,
        -0.01941273f,
        -0.06086141f,
        0.1372336f,
        0.2304083f,
        0.252708f,
        0.4684827f,
        0.2607398f,
        0.1955056f,
        0.530332f);
    is(
        result.states().get(1),
        0.1571204f,
        0.1497498f,
        0.1088209f,
        -0.2949618f,
        -0.2577851f,
        -0.05405061f,
        0.5139632f,
        0.6627678f,
        0.6083476f,
        0.6046805f,
        0.7521805f,
        0.6613755f,
        -0.08014613f,
        -0.005690085f,
        0.09680522f,
        -0.02828936f,
        -0.09521464f,
        0.1792052f,
        0.5268381f,
        0.45753f,
        0.9148327f,
        0.5712594f,
        0.371206f,
        1.048306f);
    assertThat(lstm).hasToString("LSTM(2, 3, layers=2, both directions)");
  }

  @Test
  void gru_fromAGivenState_followsPyTorch() {
    GRU gru = filled(new GRU(2, 3, 1));
    Recurrent.Result result = gru.run(sequences(), Tensor.full(0.25, 1, 2, 3));

    is(
        result.output(),
        -0.2621202f,
        -0.3242895f,
        -0.07093406f,
        -0.1203554f,
        -0.04380731f,
        0.1090343f,
        0.3887576f,
        0.5744052f,
        0.4601631f,
        -0.03731707f,
        0.2816327f,
        0.3913387f,
        -0.4124348f,
        -0.3225373f,
        -0.04855861f,
        -0.4698197f,
        -0.4153012f,
        -0.1251334f);
    is(result.hidden(), 0.3887576f, 0.5744052f, 0.4601631f, -0.4698197f, -0.4153012f, -0.1251334f);
    assertThat(gru.call(sequences(), Tensor.full(0.25, 1, 2, 3)).toArray())
        .isEqualTo(result.output().toArray());
  }

  @Test
  void rnn_twoLayersWithoutBias_followsPyTorch() {
    var settings = new Recurrent.Settings(2, Recurrent.Direction.FORWARD, 0, Bias.NONE);
    RNN rnn = filled(new RNN(2, 3, settings, RNN.Form.TANH, 1));

    is(
        rnn.call(sequences()),
        0.1165283f,
        0.3206348f,
        0.1766381f,
        -0.09965554f,
        0.3443254f,
        0.3962957f,
        -0.0789073f,
        0.01436704f,
        0.0915921f,
        -0.0398358f,
        -0.01847545f,
        0.02342013f,
        0.1316916f,
        0.333362f,
        0.1739951f,
        -0.02366451f,
        0.5647736f,
        0.5318139f);
  }

  @Test
  void backward_throughAllSteps_equalsCentralDifferences() {
    for (Recurrent layer :
        new Recurrent[] {
          new LSTM(2, 2, Recurrent.Settings.ONE.both(), 1), new GRU(2, 2, 1), new RNN(2, 2, 1)
        }) {
      layer.to(DType.F64);
      Tensor x = sequences().to(DType.F64);
      GradCheck.Result result = GradCheck.check(in -> layer.call(in.getFirst()), List.of(x));
      assertThat(result.isRight()).as("%s: %s", layer, result).isTrue();
    }
  }

  @Test
  void dropout_betweenLayers_actsInTrainingOnly() {
    var settings = Recurrent.Settings.ONE.layers(2).dropout(0.5);
    GRU gru = new GRU(2, 3, settings, 1);
    float[] trained = gru.call(sequences()).toArray();
    gru.eval();
    float[] once = gru.call(sequences()).toArray();

    assertThat(trained).isNotEqualTo(once);
    assertThat(gru.call(sequences()).toArray()).isEqualTo(once);
  }

  @Test
  void shapes_thatDoNotFit_areRefused() {
    GRU gru = new GRU(2, 3, 1);
    assertThatThrownBy(() -> gru.call(Tensor.zeros(2, 3)))
        .hasMessageStartingWith(
            "GRU(2, 3): needs sequences [N, length, 2] of at least one step, got [2, 3]");
    assertThatThrownBy(() -> gru.run(sequences(), Tensor.zeros(1, 3, 3)))
        .hasMessageStartingWith(
            "GRU(2, 3): the first state is 1 tensors [1, 2, 3], got [[1, 3, 3]]");
  }
}
