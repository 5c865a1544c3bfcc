package maia.tensor.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import maia.base.Check;
import maia.numerics.DType;
import maia.tensor.Functional;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// Layers that walk along sequences `[N, length, in]` and carry a state: the output of the last
/// layer at every step, `[N, length, hidden]`, twice as wide where both directions are walked.
///
/// [#call] takes the sequences alone (the state begins as zeros) or with the first states; [#run]
/// gives the last states as well. Parameters are named as in PyTorch.
public abstract sealed class Recurrent extends Module permits RNN, LSTM, GRU {
  private final int in;
  private final int hidden;
  private final int states;
  private final Settings settings;
  private final DropoutStream stream;
  private final SequencedMap<String, Linear> products = new LinkedHashMap<>();

  /// Which way sequences are walked.
  public enum Direction {
    /// From the first step to the last.
    FORWARD,
    /// That, and by parameters of their own from the last to the first; results stand side by side.
    BOTH,
  }

  /// What may differ from one plain layer.
  ///
  /// @param layers layers on top of each other, at least 1
  /// @param direction which way sequences are walked
  /// @param dropout the probability of dropping an element between layers in training, from 0 to
  ///   below 1
  /// @param bias whether gates add learned biases
  public record Settings(int layers, Direction direction, double dropout, Bias bias) {
    /// One layer forward, with biases.
    public static final Settings ONE = new Settings(1, Direction.FORWARD, 0, Bias.LEARNED);

    public Settings {
      Check.argument(
          layers > 0 && dropout >= 0 && dropout < 1,
          "recurrent: layers must be positive and dropout from 0 to below 1, were %d and %s",
          layers,
          dropout);
    }

    /// The same with another number of layers.
    public Settings layers(int count) {
      return new Settings(count, direction, dropout, bias);
    }

    /// The same in both directions, PyTorch's `bidirectional`.
    public Settings both() {
      return new Settings(layers, Direction.BOTH, dropout, bias);
    }

    /// The same with dropout between layers.
    public Settings dropout(double probability) {
      return new Settings(layers, direction, probability, bias);
    }

    private int directions() {
      return direction == Direction.BOTH ? 2 : 1;
    }
  }

  /// What a walk gives.
  ///
  /// @param output of the last layer at every step, `[N, length, directions * hidden]`
  /// @param states after the last step, `[layers * directions, N, hidden]` each: the hidden state,
  ///   and of an LSTM the cell
  public record Result(Tensor output, List<Tensor> states) {
    public Result {
      states = List.copyOf(states);
    }

    /// The hidden state after the last step, `[layers * directions, N, hidden]`.
    public Tensor hidden() {
      return states.getFirst();
    }
  }

  Recurrent(int in, int hidden, int gates, int states, Settings settings, long seed) {
    Check.argument(
        in > 0 && hidden > 0, "recurrent: sizes must be positive, were %d and %d", in, hidden);
    this.in = in;
    this.hidden = hidden;
    this.states = states;
    this.settings = settings;
    this.stream = new DropoutStream(seed);
    double bound = 1 / Math.sqrt(hidden);
    long rows = (long) gates * hidden;
    long draw = 4L * settings.layers() * settings.directions() * seed;
    for (int layer = 0; layer < settings.layers(); layer++) {
      long width = layer == 0 ? in : (long) hidden * settings.directions();
      for (int way = 0; way < settings.directions(); way++) {
        String end = end(layer, way);
        parameter("weight_ih" + end, Init.uniform(bound, draw++, rows, width));
        parameter("weight_hh" + end, Init.uniform(bound, draw++, rows, hidden));
        if (settings.bias() == Bias.LEARNED) {
          parameter("bias_ih" + end, Init.uniform(bound, draw++, rows));
          parameter("bias_hh" + end, Init.uniform(bound, draw++, rows));
        }
        product("ih" + end, Math.toIntExact(width), Math.toIntExact(rows));
        product("hh" + end, hidden, Math.toIntExact(rows));
      }
    }
  }

  private void product(String name, int columns, int rows) {
    Linear.Source source =
        new Linear.Source() {
          @Override
          public Tensor weight() {
            return parameter("weight_" + name);
          }

          @Override
          public Tensor bias() {
            return parameter("bias_" + name);
          }
        };
    products.put(name, new Linear(source, columns, rows, settings.bias()));
  }

  /// The products before the gates as linear layers, which read the parameters of the same endings
  /// and hold none themselves: `ih_l0` of the inputs, `hh_l0` of the hidden states, and so on for
  /// every layer and direction.
  public final SequencedMap<String, Linear> products() {
    return Collections.unmodifiableSequencedMap(products);
  }

  private static String end(int layer, int way) {
    return "_l" + layer + (way == 0 ? "" : "_reverse");
  }

  /// The states after one step: `ofInput` `[N, gates * hidden]` is the input's part of the gates,
  /// `ofState` that of the hidden state.
  abstract List<Tensor> step(Tensor ofInput, Tensor ofState, List<Tensor> states);

  @Override
  public final Tensor forward(Tensor x) {
    return run(x).output();
  }

  @Override
  public final Tensor forward(List<Tensor> inputs) {
    return run(inputs.getFirst(), inputs.subList(1, inputs.size()).toArray(Tensor[]::new)).output();
  }

  /// As [#forward(Tensor)] with the last states, from the given ones or, without them, from zeros.
  /// Hooks do not see it.
  public final Result run(Tensor x, Tensor... first) {
    ShapeException.check(
        x.rank() == 3 && x.size(2) == in && x.size(1) > 0,
        "%s: needs sequences [N, length, %d] of at least one step, got %s",
        label(),
        in,
        Arrays.toString(x.shape()));
    List<Tensor> begin = begin(x, first);
    List<List<Tensor>> ends = new ArrayList<>();
    Tensor at = x;
    for (int layer = 0; layer < settings.layers(); layer++) {
      if (layer > 0 && isTraining() && settings.dropout() > 0) {
        at = Functional.dropout(at, settings.dropout(), stream.next());
      }
      List<Tensor> outputs = new ArrayList<>();
      for (int way = 0; way < settings.directions(); way++) {
        int place = layer * settings.directions() + way;
        List<Tensor> from = begin.stream().map(s -> s.select(0, place)).toList();
        outputs.add(walk(at, layer, way, from, ends));
      }
      at = outputs.size() == 1 ? outputs.getFirst() : Tensor.cat(outputs, -1);
    }
    List<Tensor> last = new ArrayList<>();
    for (int s = 0; s < states; s++) {
      int which = s;
      last.add(Tensor.stack(ends.stream().map(e -> e.get(which)).toList(), 0));
    }
    return new Result(at, last);
  }

  private List<Tensor> begin(Tensor x, Tensor... first) {
    long[] shape = {(long) settings.layers() * settings.directions(), x.size(0), hidden};
    if (first.length == 0) {
      DType type = x.dtype();
      Tensor zero =
          x.isMeta() ? Tensor.meta(type, shape) : Tensor.zeros(type, shape).to(x.device());
      return Collections.nCopies(states, zero);
    }
    ShapeException.check(
        first.length == states
            && Arrays.stream(first).allMatch(s -> Arrays.equals(s.shape(), shape)),
        "%s: the first state is %d tensors %s, got %s",
        label(),
        states,
        Arrays.toString(shape),
        Arrays.stream(first).map(s -> Arrays.toString(s.shape())).toList());
    return List.of(first);
  }

  /// One layer in one direction; adds its last states to `ends`.
  private Tensor walk(Tensor x, int layer, int way, List<Tensor> from, List<List<Tensor>> ends) {
    Tensor ofInputs = gates("ih", layer, way, x);
    int length = Math.toIntExact(x.size(1));
    List<Tensor> outputs = new ArrayList<>();
    List<Tensor> state = from;
    for (int i = 0; i < length; i++) {
      int t = way == 0 ? i : length - 1 - i;
      state = step(ofInputs.select(1, t), gates("hh", layer, way, state.getFirst()), state);
      outputs.add(state.getFirst());
    }
    ends.add(state);
    return Tensor.stack(way == 0 ? outputs : outputs.reversed(), 1);
  }

  private Tensor gates(String part, int layer, int way, Tensor x) {
    String name = part + end(layer, way);
    return Check.present(products.get(name), "Recurrent", name).forward(x);
  }

  /// Part `number` of the gates side by side.
  final Tensor gate(Tensor all, int number) {
    return all.narrow(-1, (long) number * hidden, hidden);
  }

  @Override
  protected String label() {
    return getClass().getSimpleName()
        + "("
        + in
        + ", "
        + hidden
        + (settings.layers() == 1 ? "" : ", layers=" + settings.layers())
        + (settings.direction() == Direction.BOTH ? ", both directions" : "")
        + (settings.dropout() == 0 ? "" : ", dropout=" + settings.dropout())
        + (settings.bias() == Bias.NONE ? ", bias=none" : "")
        + ")";
  }
}
