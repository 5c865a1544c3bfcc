package maia.lab;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Rich;
import maia.runtime.Profile;
import maia.runtime.ProfileTable;
import maia.sim.RunRecord;

/// A profile of operations as a page: its table, the device time of the longest as bars, and when
/// which tile worked and how much power flowed.
///
/// @param profile the profile
public record ProfileView(Profile<?> profile) implements Rich {
  private static final int BARS = 12;
  private static final int NAME = 24;

  /// The operations with plain numbers, for [Tables#table].
  public static TableData data(ProfileTable table) {
    TableData data =
        TableData.of(
            "operations",
            "op",
            "calls",
            "device time us",
            "launch us",
            "share %",
            "bound by",
            "HBM bytes",
            "tensor flops",
            "energy uJ");
    for (ProfileTable.Row r : table.rows()) {
      data =
          data.row(
              r.op(),
              Integer.toString(r.launches()),
              number(r.microseconds()),
              number(r.launchMicroseconds()),
              number(100 * r.share()),
              r.bound(),
              Long.toString(r.hbmBytes()),
              Long.toString(r.tensorFlops()),
              number(r.microjoules()));
    }
    return data;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6f", value);
  }

  private BarChart bars() {
    List<ProfileTable.Row> rows = profile.table().rows().stream().limit(BARS).toList();
    String[] names = new String[rows.size()];
    double[] times = new double[rows.size()];
    for (int i = 0; i < names.length; i++) {
      String op = rows.get(i).op();
      String cut = op.length() <= NAME ? op : op.substring(0, NAME - 2) + "..";
      names[i] = (i + 1) + " " + cut;
      times[i] = rows.get(i).microseconds();
    }
    return BarChart.of("device time by operation", Axis.linear("microseconds"))
        .over(names)
        .add("device time", times);
  }

  @Override
  public Map<String, String> mime() {
    StringBuilder html = new StringBuilder(String.valueOf(profile.table().mime().get("text/html")));
    if (!profile.launches().isEmpty()) {
      RunRecord line = profile.timeline();
      html.append("<p><img alt=\"device time by operation\" src=\"data:image/png;base64,")
          .append(bars().mime().get("image/png"))
          .append("\"></p>");
      if (!line.trace().isEmpty()) {
        html.append(image(Gantt.of(line).drawing(), Gantt.of(line).toString()));
      }
      if (!line.power().isEmpty()) {
        html.append(image(PowerChart.of(line).drawing(), PowerChart.of(line).toString()));
      }
    }
    return Rich.bundle("text/html", html.toString(), "text/plain", profile.toString());
  }

  private static String image(Drawing drawing, String description) {
    return "<p>" + drawing.image(description) + "</p>";
  }

  /// The table.
  @Override
  public String toString() {
    return profile.toString();
  }
}
