/// Text to tokens and back.
///
/// In: a `tokenizer.json` as Hugging Face models carry it, and text. Out: token numbers; and text
/// again, also piece by piece while tokens arrive.
///
/// *Added tokens* are found in the text before anything else; a *normaliser* rewrites what is
/// between them; a *pre-tokeniser* cuts it into words; the *vocabulary* turns a word into tokens,
/// mostly by byte-pair merges; a *detokeniser* turns tokens into bytes.
///
/// ```java
/// Tokenizer tokenizer = Tokenizer.read(Path.of("tokenizer.json"));
/// int[] tokens = tokenizer.encode("once there were");
/// String text = tokenizer.decode(tokens);
/// ```
@NullMarked
package maia.models.text;

import org.jspecify.annotations.NullMarked;
