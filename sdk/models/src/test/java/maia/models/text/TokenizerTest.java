package maia.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maia.models.text.TokenizerFiles.Merges;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TokenizerTest {
  private static final Tokenizer GPT_2 =
      Tokenizer.parse("gpt2", TokenizerFiles.byteLevel("", Merges.TEXTS, false));
  private static final Tokenizer LLAMA_3 =
      Tokenizer.parse(
          "llama3", TokenizerFiles.byteLevel(TokenizerFiles.LLAMA_3, Merges.PAIRS, true));
  private static final Tokenizer QWEN =
      Tokenizer.parse("qwen", TokenizerFiles.byteLevel(TokenizerFiles.QWEN, Merges.PAIRS, false));
  private static final Tokenizer LLAMA_2 =
      Tokenizer.parse("llama2", TokenizerFiles.sentencePiece(false));
  private static final Tokenizer GEMMA =
      Tokenizer.parse("gemma", TokenizerFiles.sentencePiece(true));

  private static List<String> texts(Tokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text)).mapToObj(tokenizer::tokenText).toList();
  }

  /// Words and signs of several scripts, spaces and line ends in random order.
  private static String random(SplittableRandom random) {
    List<String> pieces =
        List.of(
            "the", "cat", " ", "  ", "\n", "\r\n", "\t", "1999", "7", "it's", "I'LL", "é", "ü",
            "日本", "🙂", "👩‍👧", "...", "!?", "-", "hat ", " end", "\u00a0", "мир", "a");
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i >= 0; i--) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }

  @RepeatedTest(40)
  void decode_ofEncode_givesTheText(RepetitionInfo info) {
    String text = random(new SplittableRandom(info.getCurrentRepetition()));
    for (Tokenizer tokenizer : List.of(GPT_2, LLAMA_3, QWEN, LLAMA_2, GEMMA)) {
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
  }

  @RepeatedTest(20)
  void encode_randomText_agreesWithRescanningForTheEarliestMerge(RepetitionInfo info) {
    String text = random(new SplittableRandom(100 + info.getCurrentRepetition()));
    List<String> expected = new ArrayList<>();
    Matcher words =
        Pattern.compile(TokenizerFiles.QWEN, Pattern.UNICODE_CHARACTER_CLASS).matcher(text);
    while (words.find()) {
      List<String> symbols = TokenizerFiles.bytesAsLetters(words.group());
      for (boolean changed = true; changed; ) {
        changed = false;
        for (String[] merge : TokenizerFiles.byteMerges()) {
          List<String> next = TokenizerFiles.apply(symbols, merge[0], merge[1]);
          if (next.size() < symbols.size()) {
            symbols = next;
            changed = true;
            break;
          }
        }
      }
      expected.addAll(symbols);
    }
    assertThat(texts(QWEN, text)).isEqualTo(expected);
  }

  @Test
  void encode_families_cutNumbersTheirOwnWay() {
    String text = "in 1999 the";
    assertThat(texts(QWEN, "1999")).containsExactly("1", "9", "9", "9");
    assertThat(texts(LLAMA_3, text)).doesNotContain("1999");
    assertThat(texts(GPT_2, text)).contains("Ġthe");
    assertThat(LLAMA_3.decode(LLAMA_3.encode(text))).isEqualTo(text);
  }

  @Test
  void encode_sentencePiece_marksTheStartAndSpellsUnknownLettersInBytes() {
    assertThat(texts(LLAMA_2, "the")).startsWith("▁the");
    assertThat(texts(GEMMA, "the")).doesNotContain("▁the");
    assertThat(texts(LLAMA_2, "é")).containsExactly("▁", "<0xC3>", "<0xA9>");
  }

  @Test
  void encode_specialToken_isFoundFirstOrStaysText() {
    int[] found = GPT_2.encode("the<|end|>the");
    assertThat(Arrays.stream(found).mapToObj(GPT_2::tokenText)).contains("<|end|>");
    int[] plain = GPT_2.encode("the<|end|>the", Tokenizer.Specials.PLAIN_TEXT);
    assertThat(Arrays.stream(plain).mapToObj(GPT_2::tokenText)).doesNotContain("<|end|>");
    assertThat(GPT_2.decode(plain)).isEqualTo("the<|end|>the");
    assertThat(GPT_2.decode(found)).isEqualTo("thethe");
    assertThat(texts(GPT_2, "a<tool>b")).contains("<tool>");
    assertThat(GPT_2.decode(GPT_2.encode("a<tool>b"))).isEqualTo("a<tool>b");
  }

  @Test
  void encodeFramed_template_putsTheStartBefore() {
    int start = GPT_2.token("<|start|>").orElseThrow();
    assertThat(GPT_2.encodeFramed("the")).startsWith(start).endsWith(GPT_2.encode("the"));
  }

  @Test
  void streaming_characterInSeveralTokens_appearsWithItsLastByte() {
    StreamingDecoder decoder = QWEN.streaming();
    List<String> pieces = new ArrayList<>();
    for (int token : QWEN.encode("🙂!")) {
      pieces.add(decoder.accept(token));
    }
    assertThat(pieces).containsExactly("", "", "", "🙂", "!");
    assertThat(decoder.finish()).isEmpty();
  }

  @Test
  void streaming_incompleteAtTheEnd_showsTheReplacementOnce() {
    int[] tokens = QWEN.encode("🙂");
    StreamingDecoder decoder = QWEN.streaming();
    assertThat(decoder.accept(tokens[0]) + decoder.accept(tokens[1])).isEmpty();
    assertThat(decoder.finish()).isEqualTo("\uFFFD");
    assertThat(decoder.accept(QWEN.encode("a")[0])).isEqualTo("a");
  }

  @Test
  void encode_longTextWithoutWords_isMergedInReasonableTime() {
    String text = "the".repeat(20_000);
    assertThat(LLAMA_2.decode(LLAMA_2.encode(text))).isEqualTo(text);
  }

  @Test
  void decode_unknownToken_isRefused() {
    assertThatThrownBy(() -> GPT_2.decode(9_999))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tokenizer: token 9999 does not exist; there are " + GPT_2.size());
  }

  @Test
  void wholeWords_decode_putsSpacesBetween() {
    Tokenizer tokenizer =
        Tokenizer.parse(
            "words",
            """
            {"added_tokens": [{"id": 0, "content": "<end>", "special": true}],
             "pre_tokenizer": {"type": "WhitespaceSplit"},
             "model": {"type": "WordLevel", "vocab": {"<end>": 0, "the": 1, "end": 2, ".": 3}}}
            """);
    assertThat(tokenizer.encode("the end .<end>")).containsExactly(1, 2, 3, 0);
    assertThat(tokenizer.decode(1, 2, 3, 0)).isEqualTo("the end .");
    assertThatThrownBy(() -> tokenizer.encode("the start"))
        .hasMessage(
            "tokenizer: the word 'start' is not in the vocabulary of 4 words, which has no token for"
                + " unknown words");
  }

  @Test
  void chatTemplates_conversation_isWrittenAsTheFamiliesDo() {
    List<Message> talk =
        List.of(
            Message.system("Be brief."),
            Message.user("Hi"),
            Message.assistant("Hello"),
            Message.user("Bye"));
    assertThat(ChatTemplate.LLAMA_3.text(talk))
        .isEqualTo(
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\n");
    assertThat(ChatTemplate.CHAT_ML.text(talk))
        .isEqualTo(
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
                + "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n"
                + "<|im_start|>assistant\n");
    assertThat(ChatTemplate.LLAMA_2.text(talk))
        .isEqualTo(
            "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello </s><s>[INST] Bye [/INST]");
    assertThat(ChatTemplate.MISTRAL.text(talk))
        .isEqualTo("<s>[INST] Hi[/INST] Hello</s>[INST] Be brief.\n\nBye[/INST]");
    assertThat(ChatTemplate.GEMMA.text(talk))
        .isEqualTo(
            "<bos><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\nHello"
                + "<end_of_turn>\n<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n");
  }

  @Test
  void chatTemplate_specialTokenInAMessage_staysText() {
    Tokenizer tokenizer = LLAMA_2;
    int[] tokens = ChatTemplate.LLAMA_2.encode(tokenizer, List.of(Message.user("the <s> cat")));
    int start = tokenizer.token("<s>").orElseThrow();
    assertThat(Arrays.stream(tokens).filter(token -> token == start).count()).isEqualTo(1);
  }

  @Test
  void chatTemplate_turnsOutOfOrder_areRefused() {
    assertThatThrownBy(() -> ChatTemplate.GEMMA.text(List.of(Message.assistant("Hi"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "chat: a conversation is a system message or none, then user and assistant in turn, the"
                + " user last; got [assistant]");
  }
}
