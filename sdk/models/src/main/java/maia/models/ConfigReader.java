package maia.models;

import java.util.List;
import java.util.Optional;
import maia.base.Check;
import maia.base.Nearest;
import maia.models.DecoderConfig.Activation;
import maia.models.DecoderConfig.Attention;
import maia.models.DecoderConfig.Feed;
import maia.models.DecoderConfig.Norm;
import maia.models.DecoderConfig.Output;
import maia.models.DecoderConfig.Positions;
import maia.models.DecoderConfig.Sizes;
import maia.models.json.Fields;

/// Reads a Hugging Face `config.json`: each family's field names and defaults.
final class ConfigReader {
  private final Fields file;
  private final Family family;

  private ConfigReader(Fields file, Family family) {
    this.file = file;
    this.family = family;
  }

  static DecoderConfig decoder(Fields file) {
    String type = file.text("model_type");
    Family family =
        Family.named(type)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "%s: the architecture '%s' is not built; built are %s%s"
                        .formatted(
                            file.place(),
                            type,
                            String.join(", ", Family.labels()),
                            Nearest.hint(type, Family.labels()))));
    ConfigReader reader = new ConfigReader(file, family);
    try {
      return family == Family.GPT2 ? reader.gpt2() : reader.llamaLike();
    } catch (IllegalArgumentException refused) {
      String message = String.valueOf(refused.getMessage());
      throw message.startsWith("model: ")
          ? new IllegalArgumentException(
              file.place() + message.substring("model".length()), refused)
          : refused;
    }
  }

  private DecoderConfig gpt2() {
    int width = file.number("n_embd");
    int heads = file.number("n_head");
    divides("n_embd", width, "n_head", heads);
    absent("scale_attn_by_inverse_layer_idx");
    absent("reorder_and_upcast_attn");
    Sizes sizes =
        new Sizes(
            file.number("n_layer"),
            width,
            heads,
            heads,
            width / heads,
            file.number("n_inner", Math.multiplyExact(4, width)),
            file.number("vocab_size"),
            file.number("n_positions", 1024));
    boolean scales = file.truth("scale_attn_weights", true);
    return new DecoderConfig(
        family,
        sizes,
        new Attention(true, true, false, scales ? scale(sizes.headDim()) : 1, 0, 1, 0),
        new Feed(activation("activation_function", "gelu_new"), false, true, 1, 1, true),
        new Norm(Norm.Kind.LAYER, file.decimal("layer_norm_epsilon", 1e-5), false),
        new Positions.Learned(),
        new Output(file.truth("tie_word_embeddings", true), 1, 0));
  }

  private static double scale(double channels) {
    return 1 / Math.sqrt(channels);
  }

  private void divides(String what, int value, String by, int divisor) {
    Check.argument(
        divisor > 0 && value % divisor == 0,
        "%s: '%s' of %d must be a multiple of '%s', which is %d",
        file.place(),
        what,
        value,
        by,
        divisor);
  }

  private void absent(String field) {
    Check.argument(
        !file.truth(field, false),
        "%s: '%s' is not built; models without it are",
        file.place(),
        field);
  }

  private DecoderConfig llamaLike() {
    Sizes sizes = sizes();
    return new DecoderConfig(
        family, sizes, attention(sizes), feed(), norm(), rotary(sizes), output(sizes));
  }

  private Sizes sizes() {
    int hidden = file.number("hidden_size");
    int heads = file.number("num_attention_heads");
    if (!file.has("head_dim")) {
      divides("hidden_size", hidden, "num_attention_heads", heads);
    }
    int byDefault = isGemma() ? 256 : family == Family.QWEN3 ? 128 : hidden / Math.max(1, heads);
    boolean expertsApart = family == Family.QWEN3_MOE;
    if (expertsApart) {
      Check.argument(
          file.array("mlp_only_layers").isEmpty() && file.number("decoder_sparse_step", 1) == 1,
          "%s: layers without experts among layers with them are not built",
          file.place());
    }
    return new Sizes(
        file.number("num_hidden_layers"),
        hidden,
        heads,
        file.number("num_key_value_heads", heads),
        file.number("head_dim", byDefault),
        file.number(expertsApart ? "moe_intermediate_size" : "intermediate_size"),
        file.number("vocab_size"),
        file.number("max_position_embeddings", 2048));
  }

  private boolean isGemma() {
    return family == Family.GEMMA || family == Family.GEMMA2;
  }

  private Attention attention(Sizes sizes) {
    boolean bias = file.truth("attention_bias", family == Family.QWEN2);
    boolean outputBias = family != Family.QWEN2 && bias;
    double channels =
        family == Family.GEMMA2
            ? file.decimal("query_pre_attn_scalar", sizes.headDim())
            : sizes.headDim();
    Check.argument(
        channels > 0,
        "%s: 'query_pre_attn_scalar' must be positive, was %s",
        file.place(),
        channels);
    boolean named = family == Family.QWEN2 || family == Family.QWEN3 || family == Family.QWEN3_MOE;
    boolean slides = !named || file.truth("use_sliding_window", false);
    Check.argument(
        !named || !slides,
        "%s: 'use_sliding_window' in some layers only is not built for this family",
        file.place());
    int window = slides && family != Family.LLAMA ? file.number("sliding_window", 0) : 0;
    boolean heads = family == Family.QWEN3 || family == Family.QWEN3_MOE;
    return new Attention(
        bias,
        outputBias,
        heads,
        scale(channels),
        family == Family.GEMMA ? 0 : window,
        family == Family.GEMMA2 ? 2 : 1,
        family == Family.GEMMA2 ? file.decimal("attn_logit_softcapping", 0) : 0);
  }

  private Feed feed() {
    boolean bias = file.truth("mlp_bias", false);
    Activation activation =
        isGemma() && file.has("hidden_activation")
            ? activation("hidden_activation", "gelu_pytorch_tanh")
            : isGemma() ? Activation.GELU_TANH : activation("hidden_act", "silu");
    return switch (family) {
      case MIXTRAL ->
          new Feed(
              activation,
              true,
              bias,
              file.number("num_local_experts"),
              file.number("num_experts_per_tok"),
              true);
      case QWEN3_MOE ->
          new Feed(
              activation,
              true,
              bias,
              file.number("num_experts"),
              file.number("num_experts_per_tok"),
              file.truth("norm_topk_prob", false));
      case GPT2, LLAMA, MISTRAL, QWEN2, QWEN3, GEMMA, GEMMA2 ->
          new Feed(activation, true, bias, 1, 1, true);
    };
  }

  private Activation activation(String field, String byDefault) {
    String name = file.textIfAny(field).orElse(byDefault);
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
      default ->
          throw new IllegalArgumentException(
              "%s: the activation '%s' of '%s' is not built; %s are"
                  .formatted(
                      file.place(),
                      name,
                      field,
                      List.of("silu", "gelu", "gelu_new", "gelu_pytorch_tanh")));
    };
  }

  private Norm norm() {
    return new Norm(
        isGemma() ? Norm.Kind.RMS_FROM_ONE : Norm.Kind.RMS,
        file.decimal("rms_norm_eps", 1e-6),
        family == Family.GEMMA2);
  }

  private Positions rotary(Sizes sizes) {
    Optional<Fields> parameters = file.objectIfAny("rope_parameters");
    double base =
        parameters
            .map(fields -> fields.decimal("rope_theta", 10_000))
            .orElseGet(() -> file.decimal("rope_theta", 10_000));
    double share = file.decimal("partial_rotary_factor", 1);
    int channels = (int) (sizes.headDim() * share);
    Check.argument(
        base > 1 && channels > 0 && channels % 2 == 0 && channels <= sizes.headDim(),
        "%s: rotary embedding needs 'rope_theta' above 1 and an even number of a head's %d channels, was"
            + " %s and %d",
        file.place(),
        sizes.headDim(),
        base,
        channels);
    Optional<Fields> scaling = parameters.or(() -> file.objectIfAny("rope_scaling"));
    return new Positions.Rotary(
        base, channels, scaling.map(this::scaling).orElseGet(Positions.Scaling.None::new));
  }

  private Positions.Scaling scaling(Fields fields) {
    String type =
        fields.textIfAny("rope_type").or(() -> fields.textIfAny("type")).orElse("default");
    return switch (type) {
      case "default" -> new Positions.Scaling.None();
      case "linear" -> new Positions.Scaling.Linear(positive(fields, "factor"));
      case "llama3" ->
          new Positions.Scaling.Llama3(
              positive(fields, "factor"),
              positive(fields, "low_freq_factor"),
              positive(fields, "high_freq_factor"),
              fields.number("original_max_position_embeddings"));
      default ->
          throw new IllegalArgumentException(
              "%s: stretching of type '%s' is not built; default, linear and llama3 are"
                  .formatted(fields.place(), type));
    };
  }

  private static double positive(Fields fields, String field) {
    double value = fields.decimal(field, 0);
    Check.argument(
        value > 0, "%s: the field '%s' must be there and positive", fields.place(), field);
    return value;
  }

  private Output output(Sizes sizes) {
    return new Output(
        file.truth("tie_word_embeddings", isGemma()),
        isGemma() ? Math.sqrt(sizes.hidden()) : 1,
        family == Family.GEMMA2 ? file.decimal("final_logit_softcapping", 0) : 0);
  }
}
