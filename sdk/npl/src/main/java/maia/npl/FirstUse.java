package maia.npl;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maia.base.Origin;

/// Finds the first instruction that touches a buffer.
final class FirstUse {
  private FirstUse() {}

  static Optional<Origin> of(String buffer, Program program) {
    return program.queues().stream()
        .flatMap(q -> uses(buffer, q.body()))
        .filter(Origin::isKnown)
        .findFirst();
  }

  private static Stream<Origin> uses(String buffer, List<Instr> body) {
    return body.stream()
        .flatMap(instr ->
            switch (instr) {
              case Instr.Repeat r -> uses(buffer, r.body());
              case Instr.When w ->
                  Stream.concat(uses(buffer, w.then()), uses(buffer, w.otherwise()));
              case Instr.While w ->
                  Stream.concat(uses(buffer, w.condition()), uses(buffer, w.body()));
              case Instr.Wait _, Instr.Signal _, Instr.Set _ -> Stream.empty();
              case Instr.Load l -> use(buffer, instr, l.from());
              case Instr.Irregular i ->
                  use(
                      buffer,
                      instr,
                      Stream.concat(i.written().stream(), i.read().stream()).toArray(Place[]::new));
              case Instr.Copy c -> use(buffer, instr, c.from(), c.to());
              case Instr.Mma m -> use(buffer, instr, m.acc(), m.a(), m.b());
              case Instr.MmaScaled m ->
                  use(buffer, instr, m.acc(), m.a(), m.aScale(), m.b(), m.bScale());
              case Instr.Map m -> use(buffer, instr, m.out());
              case Instr.Reduce r -> use(buffer, instr, r.out());
              case Instr.Quantize q -> use(buffer, instr, q.elements(), q.scales(), q.in());
            });
  }

  private static Stream<Origin> use(String buffer, Instr instr, Place... places) {
    return Stream.of(places)
        .filter(p -> p instanceof Place.Region r && r.buffer().equals(buffer))
        .map(_ -> instr.origin());
  }
}
