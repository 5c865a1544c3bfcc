/// Data sets, batches, and generators of small data sets.
///
/// In: a seed. Out: batches of inputs and targets in an order that depends only on the seed and the
/// epoch.
///
/// ```java
/// DataLoader loader = DataLoader.shuffled(Digits.train(), 128, 1);
/// for (Batch batch : loader.withWorkers(2).epoch(0)) {
///   Tensor logits = model.forward(batch.inputs());
/// }
/// ```
@NullMarked
package maia.tensor.data;

import org.jspecify.annotations.NullMarked;
