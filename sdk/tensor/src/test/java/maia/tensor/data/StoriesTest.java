package maia.tensor.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StoriesTest {
  private static final Pattern STORY =
      Pattern.compile(
          "once there were (\\w+) (\\w+) and (\\w+) (\\w+) \\. (.*) one (\\w+) day (\\w+) went to the"
              + " (\\w+) \\. there (\\w+) found (\\d) (\\w+) and then (\\d) more \\. now (\\w+) had"
              + " (\\d) (\\d) (\\w+) \\. where was (\\w+) \\? in the (\\w+) \\. what did (\\w+) like \\?"
              + " (\\w+) \\. the end \\.");

  private static final Pattern HOME = Pattern.compile("(\\w+) lived in the (\\w+) \\.");
  private static final Pattern TASTE = Pattern.compile("(\\w+) liked (\\w+) \\.");

  private static Map<String, String> pairs(Pattern pattern, String text) {
    Map<String, String> pairs = new HashMap<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      pairs.put(matcher.group(1), matcher.group(2));
    }
    return pairs;
  }

  @Test
  void stories_questionsAndSums_areAnsweredRight() {
    for (int i = 0; i < 300; i++) {
      String text = Stories.draw(7, Part.TEST, i).text();
      Matcher m = STORY.matcher(text);
      assertThat(m.matches()).as(text).isTrue();
      Map<String, String> homes = pairs(HOME, m.group(5));
      Map<String, String> tastes = pairs(TASTE, m.group(5));
      assertThat(homes.keySet()).containsExactlyInAnyOrder(m.group(2), m.group(4));
      assertThat(homes.put(m.group(7), m.group(8))).isNotEqualTo(m.group(8));
      assertThat(List.of(m.group(9), m.group(13))).containsOnly(m.group(7));
      int sum = Integer.parseInt(m.group(10)) + Integer.parseInt(m.group(12));
      assertThat(m.group(14) + m.group(15)).isEqualTo("%02d".formatted(sum));
      assertThat(m.group(16)).isEqualTo(m.group(11));
      assertThat(m.group(18)).isEqualTo(homes.get(m.group(17)));
      assertThat(m.group(20)).isEqualTo(tastes.get(m.group(19)));
    }
  }

  /// The choices of a story counted by hand: 8 traits, 12 names, 11 places and things, 4 weathers.
  @Test
  void floor_isTheLogarithmOfAllStoriesOverTheirLength() {
    double stories =
        8.0
            * 12
            * 7
            * 11 // two traits, two names
            * 2 // together or in turn
            * 11
            * 11
            * 11
            * 11 // homes and tastes
            * 2
            * 10
            * 4 // who goes where on what day
            * 11
            * 10
            * 10 // what is found
            * 2
            * 2; // who is asked for
    assertThat(Stories.FLOOR).isCloseTo(Math.log(stories) / Stories.LENGTH, within(1e-12));
  }

  /// What the choices say is what the texts show: the frequencies of the first words after a prefix
  /// are even.
  @Test
  void choices_areEven() {
    Map<String, Integer> found = new HashMap<>();
    for (int i = 0; i < 11_000; i++) {
      Matcher m = STORY.matcher(Stories.draw(3, Part.TRAIN, i).text());
      assertThat(m.matches()).isTrue();
      found.merge(m.group(8), 1, Integer::sum);
    }
    assertThat(found).hasSize(11);
    assertThat(found.values()).allMatch(count -> Math.abs(count - 1_000) < 150);
  }

  @Test
  void generate_tokens_areTheWordsShiftedByOne() {
    TensorDataset data = Stories.generate(5, Part.TEST, 3);
    assertThat(data.inputs().shape()).containsExactly(3, Stories.LENGTH);
    long[] inputs = data.inputs().toLongs();
    long[] targets = data.targets().toLongs();
    for (int s = 0; s < 3; s++) {
      int at = s * Stories.LENGTH;
      assertThat(inputs[at]).isEqualTo(Stories.END);
      assertThat(targets[at + Stories.LENGTH - 1]).isEqualTo(Stories.END);
      assertThat(Arrays.copyOfRange(inputs, at + 1, at + Stories.LENGTH))
          .isEqualTo(Arrays.copyOfRange(targets, at, at + Stories.LENGTH - 1));
      List<String> words = new ArrayList<>();
      for (int t = 0; t + 1 < Stories.LENGTH; t++) {
        words.add(Stories.WORDS.get((int) targets[at + t]));
      }
      assertThat(String.join(" ", words)).isEqualTo(Stories.draw(5, Part.TEST, s).text());
    }
  }

  @Test
  void parts_shareNoStory() {
    Set<String> train = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      train.add(Stories.draw(Stories.SEED, Part.TRAIN, i).text());
    }
    assertThat(train).hasSize(2_000);
    for (int i = 0; i < 500; i++) {
      assertThat(train).doesNotContain(Stories.draw(Stories.SEED, Part.TEST, i).text());
    }
  }

  @Test
  void words_areDistinct() {
    assertThat(Stories.WORDS).hasSize(82).doesNotHaveDuplicates();
  }
}
