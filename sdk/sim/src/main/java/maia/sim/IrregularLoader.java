package maia.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import maia.npl.Instr;
import maia.npl.Lane;
import maia.npl.Lookup;
import maia.npl.Place;

/// Binds an irregular instruction.
record IrregularLoader(OpLoader loader, Binding binding) {
  Op load(Instr.Irregular instr) {
    return switch (instr) {
      case Instr.Fold f -> fold(f);
      case Instr.Sort s -> {
        var out = loader.region(s.out());
        LaneNode value = loader.lane(s.value());
        int bits = binding.bufferType(s.out().buffer()).bits();
        yield new Op.Sort(
            info("sort " + OpLoader.sizes(s.extent()) + " -> " + s.out().buffer()),
            out,
            value,
            loader.inputs(),
            ints(s.extent()),
            s.axis(),
            s.descending(),
            cost(List.of(s.value()), bits));
      }
      case Instr.Histogram h -> histogram(h);
      case Instr.Gather g -> {
        var from = lookup(g.from());
        var to = loader.region(g.to());
        yield new Op.Gather(
            info("gather " + g.from().array() + " -> " + g.to().buffer()), from, to, g.fill());
      }
      case Instr.Scatter s -> {
        var from = loader.region(s.from());
        var to = lookup(s.to());
        yield new Op.Scatter(
            info("scatter " + s.from().buffer() + " -> " + s.to().array()), from, to);
      }
      case Instr.Atomic a -> atomic(a);
      case Instr.Print p -> {
        LaneNode value = loader.lane(p.value());
        var info = info("print " + OpLoader.sizes(p.extent()));
        yield new Op.Show(info, p.label(), value, loader.inputs(), ints(p.extent()));
      }
      case Instr.Assert a -> {
        LaneNode condition = loader.lane(a.condition());
        var info = info("assert " + OpLoader.sizes(a.extent()));
        yield new Op.Verify(info, condition, loader.inputs(), ints(a.extent()), a.message());
      }
      case Instr.Assume a -> {
        LaneNode condition = loader.lane(a.condition());
        var info = info("assume " + OpLoader.sizes(a.extent()));
        yield new Op.Verify(info, condition, loader.inputs(), ints(a.extent()), null);
      }
    };
  }

  private Op.Info info(String label) {
    return loader.info(label);
  }

  private static int[] ints(List<Integer> sizes) {
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  private Op.LaneCost cost(List<Lane> lanes, int outBits) {
    int flops = 0;
    int bits = outBits;
    for (Lane lane : lanes) {
      flops += loader.flops(lane);
      bits = Math.max(bits, loader.width(lane));
    }
    return new Op.LaneCost(flops, bits, loader.picks());
  }

  private Op fold(Instr.Fold f) {
    var outs = f.outs().stream().map(loader::region).toList();
    List<LaneNode> values = f.values().stream().map(loader::lane).toList();
    loader.parameters = values.size();
    List<LaneNode> combine = f.combine().stream().map(loader::lane).toList();
    int bits = 0;
    for (Place.Region out : f.outs()) {
      bits = Math.max(bits, binding.bufferType(out.buffer()).bits());
    }
    String kind = f.kind().name().toLowerCase(Locale.ROOT);
    String to = f.outs().getFirst().buffer();
    return new Op.Fold(
        info("fold " + kind + " " + OpLoader.sizes(f.extent()) + " -> " + to),
        outs,
        values,
        combine,
        loader.inputs(),
        ints(f.extent()),
        f.axis(),
        f.reverse(),
        f.kind(),
        cost(f.values(), bits),
        f.combine().stream().mapToInt(loader::flops).sum());
  }

  private Op histogram(Instr.Histogram h) {
    var out = loader.region(h.out());
    LaneNode value = loader.lane(h.value());
    LaneNode mask = h.mask().isPresent() ? loader.lane(h.mask().get()) : null;
    var lanes = new ArrayList<>(List.of(h.value()));
    h.mask().ifPresent(lanes::add);
    return new Op.Histogram(
        info("histogram " + OpLoader.sizes(h.extent()) + " -> " + h.out().buffer()),
        out,
        value,
        mask,
        loader.inputs(),
        ints(h.extent()),
        cost(lanes, Integer.SIZE));
  }

  private Op atomic(Instr.Atomic a) {
    var old = a.old().isPresent() ? loader.region(a.old().get()) : null;
    var target = lookup(a.target());
    var value = loader.region(a.value());
    var compare = a.compare().isPresent() ? loader.region(a.compare().get()) : null;
    String op = a.op().name().toLowerCase(Locale.ROOT);
    return new Op.Atomic(
        info("atomic " + op + " " + a.target().array()),
        old,
        a.op(),
        target,
        value,
        compare,
        AtomicSearch.returnsOld(binding.program, a.target().array()));
  }

  private Op.LookupRef lookup(Lookup l) {
    var at = new Op.CoordinateRef[l.at().size()];
    for (int d = 0; d < at.length; d++) {
      at[d] =
          switch (l.at().get(d)) {
            case Lookup.Table(var region) -> new Op.TableRef(loader.region(region));
            case Lookup.Run(var axis) -> {
              int start = loader.operand(axis.start());
              int low = axis.low().map(loader::operand).orElse(-1);
              int high = axis.high().map(loader::operand).orElse(-1);
              yield new Op.RunRef(
                  start, new Op.AxisRef(axis.extent(), axis.step(), low, high, axis.along()));
            }
          };
    }
    var mask = l.mask().isPresent() ? loader.region(l.mask().get()) : null;
    return new Op.LookupRef(binding.array(l.array()), at, mask);
  }
}
