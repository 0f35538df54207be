using Amnion.Guard.Text;

namespace Amnion.Guard.Tests.Text;

public class HiddenCharactersTests
{
    [Theory]
    [InlineData("👨‍👩‍👧‍👦 and I ❤️ it")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F won")]
    [InlineData("می‌خواهم یک نامه بنویسم")]
    [InlineData("क्‍षमा करें")]
    [InlineData("naïve coöperation, micro\u00adservice")]
    [InlineData("שלום \u202bhello\u202c עולם")]
    [InlineData("葛\U000E0100飾")]
    [InlineData("\ufeffA file with a byte order mark")]
    public void Leaves_what_scripts_and_emoji_need(string text) => Assert.Equal(0, TextNormalizer.Normalize(text).Hidden.Total);

    [Fact]
    public void Counts_what_hides()
    {
        Assert.Equal(3, TextNormalizer.Normalize("a\U000E0061\U000E0062\U000E0063").Hidden.Tags);
        Assert.Equal(2, TextNormalizer.Normalize("ig\u200bno\u2060re").Hidden.ZeroWidth);
        Assert.Equal(1, TextNormalizer.Normalize("\u202eabc").Hidden.Bidi);
        Assert.Equal(2, TextNormalizer.Normalize("a\u0301\u0301\u0301\u0301\u0301").Hidden.Marks);
        Assert.Equal(new TextSpan(2, 4), TextNormalizer.Normalize("ig\u200bno\u2060re").Hidden.Span);
    }

    [Fact]
    public void Reads_tags_with_their_place()
    {
        var view = Assert.Single(TextNormalizer.Normalize("hi \U000E0049\U000E0067\U000E006E\U000E006F\U000E0072\U000E0065").Views, v => v.Kind == TextViewKind.Tags);
        Assert.Equal("ignore", view.Text);
        Assert.Equal(new TextSpan(5, 4), view.ToSource(new TextSpan(1, 2)));
    }

    [Fact]
    public void A_flag_that_never_ends_is_no_flag() => Assert.Equal(9, TextNormalizer.Normalize("🏴" + string.Concat(Enumerable.Repeat("\U000E0061", 9))).Hidden.Tags);
}
