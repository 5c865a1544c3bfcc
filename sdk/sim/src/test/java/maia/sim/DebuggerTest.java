package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.Program;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.sim.Moment.Kind;
import org.junit.jupiter.api.Test;

class DebuggerTest {
  private static final String TEXT =
      """
      program steps one_tile
        array x: f32[4, 64] in
        array y: f32[4, 64] out
        buffer a: f32[64] tsram x1
        buffer b: f32[64] tsram x1
        semaphore full[1] tile initial 0 maximum 1
        semaphore free[1] tile initial 1 maximum 1
        semaphore ready[1] tile initial 0 maximum 1
        semaphore gone[1] tile initial 1 maximum 1
        queue tile_dma 0
          repeat %i = 0 .. 4
            wait free  @ steps:1
            copy x[%i, 0 +: 64] -> a[0]  @ steps:2
            signal full  @ steps:3
        queue tvp
          repeat %i = 0 .. 4
            wait full  @ steps:4
            wait gone  @ steps:5
            map b[0] = (a[0] + 1.0)  @ steps:6
            signal free  @ steps:7
            signal ready  @ steps:8
        queue tile_dma 1
          repeat %i = 0 .. 4
            wait ready  @ steps:9
            copy b[0] -> y[%i, 0 +: 64]  @ steps:10
            signal gone  @ steps:11
      """;

  private static Launch launch() {
    float[] x = new float[256];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
    }
    return Launch.of(List.of(HostArray.of(x, DType.F32, 4, 64), HostArray.zeros(DType.F32, 4, 64)));
  }

  private static Debugger debugger() {
    return Simulator.on(Chip.TOY).debug(Npl.parse(TEXT), launch());
  }

  @Test
  void at_aCycle_showsQueuesSemaphoresAndBuffers() {
    Debugger debugger = debugger();
    Moment map = debugger.step("tile 0", "tvp");
    assertThat(map.kind()).isEqualTo(Kind.BEGIN);
    assertThat(map.line().line()).isEqualTo(6);
    Snapshot state = debugger.at(map.cycle());
    assertThat(state.cycle()).isEqualTo(map.cycle());
    Snapshot.Place tile = state.place("tile 0");
    assertThat(tile.queues())
        .extracting(Snapshot.Queue::name)
        .containsExactly("dma0", "tvp", "dma1");
    Snapshot.Queue dma = tile.queues().get(0);
    assertThat(dma.activity()).isEqualTo(Snapshot.Activity.WAITING);
    assertThat(dma.what()).startsWith("for free since cycle");
    assertThat(dma.line().line()).isEqualTo(1);
    Snapshot.Queue tvp = tile.queues().get(1);
    assertThat(tvp.activity()).isEqualTo(Snapshot.Activity.WAITING);
    assertThat(tvp.inFlight()).hasSize(1);
    assertThat(tvp.inFlight().get(0).beginCycle()).isEqualTo(map.cycle());
    Snapshot.Semaphore free = tile.semaphores().get(1);
    assertThat(free).isEqualTo(new Snapshot.Semaphore("free", 0, List.of("dma0 on tile 0")));
    Snapshot.Buffer a = tile.buffers().get(0);
    assertThat(a.name()).isEqualTo("a");
    assertThat(a.initialised()).isEqualTo(64);
    assertThat(a.corner()).containsExactly(List.of("0.00000", "1.00000", "2.00000", "3.00000"));
    assertThat(state.toString())
        .contains(
            "tile 0\n  dma0   waiting  for free since cycle",
            "semaphore free = 0, awaited by dma0 on tile 0",
            "a[0]: f32[64], 64 of 64 elements hold a value\n    0.00000 1.00000 2.00000 3.00000");
  }

  @Test
  void at_anEarlierCycle_goesBack_andForthAgain_toTheSameState() {
    Debugger debugger = debugger();
    long end = debugger.resume().cycle();
    Snapshot middle = debugger.at(end / 2);
    debugger.at(10);
    assertThat(debugger.cycle()).isEqualTo(10);
    assertThat(debugger.array("y")).containsOnly(0);
    assertThat(debugger.at(end / 2)).isEqualTo(middle);
    debugger.at(end);
    assertThat(debugger.array("y")[255]).isEqualTo(256);
  }

  @Test
  void step_walksThroughEverything_asTheRunDoes() {
    Debugger debugger = debugger();
    var done = new java.util.ArrayList<String>();
    Moment moment = debugger.step();
    while (moment.kind() != Kind.END) {
      if (moment.kind() == Kind.DONE) {
        done.add(moment.where() + " " + moment.what());
      }
      moment = debugger.step();
    }
    RunRecord run = Simulator.on(Chip.TOY).run(Npl.parse(TEXT), launch());
    assertThat(done)
        .containsExactlyElementsOf(
            run.trace().stream().map(s -> s.queue() + " on tile 0 " + s.what()).toList());
    assertThat(debugger.result()).contains(run);
    assertThat(moment.cycle()).isEqualTo(run.cycles());
    assertThat(moment.toString()).isEqualTo("cycle %d: the run is over".formatted(run.cycles()));
  }

  @Test
  void watchBuffer_stopsAtTheLineThatChangesIt() {
    Debugger debugger = debugger().watchBuffer("tile 0", "b");
    Moment first = debugger.resume();
    assertThat(first.kind()).isEqualTo(Kind.CHANGE);
    assertThat(first.line().line()).isEqualTo(6);
    assertThat(first.what()).isEqualTo("'b' slot 0 [0] from 0.00000 to 1.00000 with map b 64");
    assertThat(debugger.resume().what()).startsWith("'b' slot 0 [0] from 1.00000 to 65.0000");
  }

  @Test
  void watchArray_stopsAtTheStoreThatChangesTheRange() {
    Debugger debugger = debugger().watchArray("y", 130, 132);
    Moment change = debugger.resume();
    assertThat(change.line().line()).isEqualTo(10);
    assertThat(change.what()).isEqualTo("'y' element 130 from 0.0 to 131.0 with copy b -> y");
    assertThat(debugger.resume().kind()).isEqualTo(Kind.END);
  }

  @Test
  void watchSemaphore_stopsAtEverySignalAndTake() {
    Debugger debugger = debugger().watchSemaphore("tile 0", "full");
    Moment signal = debugger.resume();
    assertThat(signal.kind()).isEqualTo(Kind.TAKE);
    assertThat(signal.what()).isEqualTo("full (now 0)");
    int stops = 1;
    while (debugger.resume().kind() != Kind.END) {
      stops++;
    }
    assertThat(stops).isEqualTo(8);
  }

  @Test
  void breakAt_stopsWhereTheLineBegins() {
    Debugger debugger = debugger().breakAt(10);
    for (int i = 0; i < 4; i++) {
      Moment begin = debugger.resume();
      assertThat(begin.kind()).isEqualTo(Kind.BEGIN);
      assertThat(begin.toString())
          .isEqualTo(
              "cycle %d: dma1 on tile 0 begins copy b -> y at steps:10".formatted(begin.cycle()));
    }
    assertThat(debugger.resume().kind()).isEqualTo(Kind.END);
  }

  @Test
  void mistake_endsTheRun_andTheStateStays() {
    Program wrong = Npl.parse(TEXT.replace("      wait full  @ steps:4\n", ""));
    Debugger debugger = Simulator.on(Chip.TOY).debug(wrong, launch());
    Moment end = debugger.resume();
    assertThat(end.kind()).isEqualTo(Kind.MISTAKE);
    assertThat(end.line().line()).isEqualTo(6);
    assertThat(end.what()).startsWith("uninitialised read of 'a' slot 0");
    assertThat(debugger.result()).isEmpty();
    assertThat(debugger.state().place("tile 0").queues()).hasSize(3);
  }

  @Test
  void launch_staysUntouched() {
    Launch launch = launch();
    Simulator.on(Chip.TOY).debug(Npl.parse(TEXT), launch).resume();
    assertThat(HostArray.floats(launch.arrays().get(1))).containsOnly(0);
  }

  @Test
  void unknownNames_areRefused() {
    assertThatThrownBy(() -> debugger().watchArray("z", 0, 1))
        .hasMessage("no array is named 'z'; there are [x, y]");
    assertThatThrownBy(() -> debugger().state().place("tile 9"))
        .hasMessage("no place is named 'tile 9'; there are tile 0 to tile 0");
  }
}
