package maia.tensor.nn;

import maia.tensor.Functional;
import maia.tensor.Messages;
import maia.tensor.Tensor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class EmbeddingRefusalTest {
  private static void refused(ThrowingCallable call, String message) {
    Messages.shapeRefusal(call).isEqualTo(message);
  }

  @Test
  void indexOutsideTheVectors_isRefusedAsAnEmbedding() {
    Embedding embedding = new Embedding(5, 4, 7);
    String message = "embedding: index 5 does not exist in 5 vectors";
    refused(() -> embedding.call(Tensor.ofLongs(1, 5)).toArray(), message);
    refused(() -> Functional.embedding(Tensor.ofLongs(5), embedding.weight()).toArray(), message);
    refused(
        () -> Embedding.limited(5, 4, 1, 7).call(Tensor.ofLongs(-1)).toArray(),
        "embedding: index -1 does not exist in 5 vectors");
  }

  @Test
  void indicesThatAreNoIntegers_areRefusedAsAnEmbedding() {
    refused(
        () -> new Embedding(5, 4, 7).call(Tensor.zeros(2, 3)),
        "embedding: needs integer indices, got f32 2x3; convert with to(I64)");
  }

  @Test
  void rowsOfATensor_areStillCalledRows() {
    refused(
        () -> Tensor.zeros(5, 4).rows(Tensor.ofLongs(9)).toArray(),
        "rows: index 9 does not exist in 5 rows");
  }
}
