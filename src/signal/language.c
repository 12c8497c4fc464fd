/**
 * Which language a text without Han characters is in, by its function words: enough to tell whose
 * money "60k" is. Only asked when a text may hold a sum.
 */
#include "signal/price.h"

enum price_language price_language_of(const struct tokens *tokens)
{
    static const char *const words[] = {
        [LANGUAGE_ZH] = "",
        [LANGUAGE_EN] =
            "the and for you of is are to my with who want please her his me be can he she in "
            "at on we it this from old week weeks month months days boy girl newborn need",
        [LANGUAGE_ID] = "yang dan untuk dengan bayi anak adopsi saya mau juta jt rb ribu bulan "
                        "perempuan laki bisa kak bunda hamil umur biaya tahun ganti rugi",
        [LANGUAGE_VI] =
            "con cho nhan nuoi trieu tr thang tuoi gai trai minh muon em sinh giay vien "
            "khong voi cua lien duoc chong",
        [LANGUAGE_TL] = "ang ng sa po ako ko mga na lang yung naman kung si pa buwan sanggol "
                        "gusto para piso pesos nyo niyo buntis paampon",
    };
    uint32_t votes[5] = {0};
    uint32_t best = LANGUAGE_EN;
    uint32_t words_seen = 0;
    for (uint32_t i = 0; i < tokens->count; i++) {
        if (tokens->at[i].kind == TOKEN_HAN)
            return LANGUAGE_ZH;
        if (tokens->at[i].kind != TOKEN_WORD)
            continue;
        words_seen++;
        for (uint32_t l = LANGUAGE_EN; l <= LANGUAGE_TL; l++)
            votes[l] += token_word_in(tokens, i, words[l]);
    }
    for (uint32_t l = LANGUAGE_ID; l <= LANGUAGE_TL; l++)
        if (votes[l] > votes[best])
            best = l;
    if (!votes[best] && words_seen < 3)
        return LANGUAGE_ZH; /* "9w", "jiu wan", "60k": nothing speaks for another */
    return (enum price_language)best;
}
