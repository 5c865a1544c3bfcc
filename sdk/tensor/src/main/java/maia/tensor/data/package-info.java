/// Data sets, batches, and generators of small data sets.
///
/// In: a seed. Out: batches of inputs and targets in an order that depends only on the seed and the
/// epoch.
///
/// ```java
/// DataLoader loader = DataLoader.shuffled(Digits.train(), 128, 1);
/// Progress bar = (what, done, total) -> System.err.printf("\\r%s: %d of %d", what, done, total);
/// for (Batch batch : loader.withWorkers(2).epoch(0, bar)) {
///   Tensor logits = model.forward(batch.inputs());
/// }
/// ```
///
/// Two workers load ahead of the loop; after each batch the bar is shown anew. In a notebook
/// `Viz.progress()` of room `lab` is such a bar.
@NullMarked
package maia.tensor.data;

import org.jspecify.annotations.NullMarked;
