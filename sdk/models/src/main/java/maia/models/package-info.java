/// Model architectures, their checkpoints, and generation of text.
///
/// In: a Hugging Face folder (`config.json`, `model.safetensors`), or sizes and a seed. Out: a
/// module, and from a prompt the tokens that follow.
///
/// A *decoder* is a decoder-only transformer of one of the families; a *cache* holds the keys and
/// values of a sequence; *sampling* chooses a token from scores; a *page* is a few tokens' share of
/// a pool of cache memory.
///
/// ```java
/// Decoder decoder = Checkpoint.load(Path.of("checkpoint"));
/// Generation.Result text =
///     Generation.of(decoder).with(Sampling.of(0.8, 1).topP(0.95)).limit(64).run(prompt);
/// ```
@NullMarked
package maia.models;

import org.jspecify.annotations.NullMarked;
