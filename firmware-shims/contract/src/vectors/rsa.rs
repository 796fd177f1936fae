//! RSA with a modulus of 3072 bits, the exponent 65537 and SHA-256 (RFC 8017, 8.1.2, 8.2.2 and A.1.1).
//!
//! Guarantees to the contract: each case differs from an honest one in one thing. Keys and signatures
//! were made by a program that shares no code with an engine.

use countersign_ports::Algorithm::{self, Rsa3072Pkcs1Sha256, Rsa3072PssSha256};
use hex_literal::hex;

use super::{Case, Key, changed};

/// The key, DER of an RSAPublicKey.
const KEY: [u8; 398] = hex!(
    "3082018a0282018100aefb56f803ce678f1225f0e7dc222874e414c1affe9549"
    "0eea2cb026d185d20420399f77122bce7542ec9a074e6a2cc4a3643f6a4620e7"
    "dc3870f1b84af627b32f00e720084966aad4032d08a511af940723c73cf09422"
    "236e3e1140c73ac30b977df57a16fd37897822ab07976ae9ce615add4bf06a1a"
    "b01b71e481fb93498e8ccdbbfa31b3a60dc89b32bc9d3c0595005ef6b3aab168"
    "c629b3e0f32dd444eef7bccb6708199f63298460f7bc12126556c7ef6f1ecd70"
    "a4639b5b861e292a6585bcd322d96b68d2a3600533c37a3be5f9a74434b1ce26"
    "81b9e431d3693e42786730b3f44c5ed246d79eab72e38f55fd4f66ba4108cbc9"
    "abd42725af2ea989d7e0c908008b101af3afb916b3f29e3dcdc1c763c214963d"
    "a96b0a1a62948d4ee2a20648e27904086a6028b6606e1ab605a3bfbaddbe5499"
    "ea0b900b6dab62df4e7df4fa0eb9146fa276d3b580775ac9afbb5ceccabc9f40"
    "f946c1f5cffcf53df9077e15586414bd090a2647de1c967ccba29fbe25cb89fa"
    "0a913a9e52c43f686f0203010001"
);
/// The key of somebody else.
const OTHER: [u8; 398] = hex!(
    "3082018a0282018100a9277abad049d30c962efb66fce3210da12b9988f21ab3"
    "a875323c32d4abf6b9d3c47a2263d51dabfb4b078ad822404f5e81b0601e879a"
    "cf54b1ceb5796e5fec2b0d2f745b1ab79fcd0e379eacaa148e694735160c5897"
    "a139f679172720228821fff87a19c3b969e80eaf5e41e994558a4999541640d2"
    "1098fb8fd2a19b8dc43a46acbf1edc5b7f39f489539b85e4a035e171f780c0a8"
    "17ac94b33869ecebcd63c6e1fd6b688389dbd267d21623864f86529714910e7b"
    "ea103ed34cfff50ddba2f7b4e52b1eaca680b37a8b505e4c97bdda9cf0ee9996"
    "aff18fa9682899b908ee9073e5868a29b8eb8546ffa1da0b715b4f007e8355c5"
    "4a7900fce50c271663f0c48724714edf846262938bfd0e548fac5a91e9abf4e1"
    "d6d0569a0331e01759ce1da090f352ebcd1cc9a690175930ab054c6b4b185650"
    "e26df400963266a0ee8c41b6feda02f7a04ef156893ee7b1ccee7146a6381e08"
    "2379ba8da475096a1421f2e64fb6b9de9a7747da68496cb2b6508bdad397bf7f"
    "f9266e9b261f84ae370203010001"
);
/// SHA-256 of "sample".
const DIGEST: [u8; 32] = hex!("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf");

/// A signature with a salt of 32 bytes.
pub(crate) const PSS: Case = Case {
    name: "RSA-PSS: sample",
    algorithm: Rsa3072PssSha256,
    public_key: &KEY,
    message: &DIGEST,
    signature: &hex!(
        "0dd875b015d2e52593481120f9c8ebb2fec4defc4423f5d21e410bf2fea6e2e9"
        "805321e0fbb35e4b83b47dad98434db6dade63b8f94ca4a1689efbf8678e39a0"
        "dbfddc0aca52d6b5ea89d973466ff3c20adfe934ba18c61ec19bac3946a4a048"
        "d5f985937bf65af0086b3efaa7c48f46a91ab1c351cf1ab78f2c297292e43b5f"
        "e82850ba139a62b93dbfe8c4378508f3ca7e2e29ec79bcf8672e0e28098a9ed3"
        "16a2cfe361d9c8b2965266b8478ad6ddc1a0e1ddfdc9f68557c1d06697a6ae0b"
        "3f43ead779bd0318dba5a015f6332dce985100961ae3e5001ad4d5e57a90f63c"
        "109e2755dbdd679ae519d1a05f1778173550ed97110492d8bc8c1be66d2a46d4"
        "2cb6a119beb3546fb4b020bebd153275503227f47cb1e3d7d05247831cd84d9c"
        "e3640c634636e6953da9eb1779377c7a96870a67d63795b463177f1fdbd426f5"
        "a089aba1f4dd351e3d62898987ce92e52bdffa60aa425c405bdca93506822278"
        "0531d06c1d9a24ee8e097c34207da52181673443107549e728826d02b7d311c6"
    ),
    good: true,
};

/// A signature of the key over the same digest.
pub(crate) const PKCS1: Case = Case {
    name: "RSA-PKCS1: sample",
    algorithm: Rsa3072Pkcs1Sha256,
    public_key: &KEY,
    message: &DIGEST,
    signature: &hex!(
        "84f6e221298ce76ee7daaa91faf0a62f69209aff5846f7dc0846dc1c841e69aa"
        "9884b7e4120ab355b9611997584f4a2178ad91dd0a0d1f5c78bed11244656b22"
        "256d49fe9206cb66fcfcc29804e61c691dd9a304fad68d3ab2b6a6617b2ebcd6"
        "aee3f1d3a9e800db99f36cff712b656414f5ebfea74ae07f43a46793488051ba"
        "f084a4dc2677bcbc4a16af5b653a763fc06beb89015131c34eb07d57e18a171d"
        "eaed27788d3912e5b479d82783a4bab17696d68919dac335f7872c69a1190422"
        "b622fbdad7ddba35e19f94cdf2aa3b1c32fe0061a42e54c103fa16f507299366"
        "05c7ff85bd8e1872d8795fa5f831bb7b1ef83c03402661be8846a49867799142"
        "142a4cb55e9ffc07bbbccbdae85423c3f0de4e6a5c2f5c06683fa0f8c17632ca"
        "68bb57a2dd5fd020894b857f60d9892a53bcb85e6cc49295e13be28f9391f99f"
        "a19beb4a5d44e275e6c48a596b74a93a61e3b0154fdfd0fd613db4797108f41c"
        "957150e49bb5c34787bedc4e1300f01f949e338f88e5506c835f2c7591e4cf63"
    ),
    good: true,
};

/// `case` as `name`, with another signature that must be refused.
const fn refused(name: &'static str, signature: &'static [u8], case: &Case) -> Case {
    Case { name, signature, good: false, ..*case }
}

/// Signatures with their right verdicts.
pub(crate) const SIGNATURES: &[Case] = &[
    PSS,
    PKCS1,
    refused("RSA-PSS: a signature of PKCS1", PKCS1.signature, &PSS),
    refused("RSA-PKCS1: a signature of PSS", PSS.signature, &PKCS1),
    Case { name: "RSA-PSS: a signature by another key", public_key: &OTHER, good: false, ..PSS },
    Case {
        name: "RSA-PKCS1: a signature by another key",
        public_key: &OTHER,
        good: false,
        ..PKCS1
    },
    refused("RSA-PSS: all zeros", &[0; 384], &PSS),
    refused("RSA-PKCS1: all zeros", &[0; 384], &PKCS1),
    refused("RSA-PSS: all ones", &[0xff; 384], &PSS),
    refused("RSA-PKCS1: all ones", &[0xff; 384], &PKCS1),
    refused(
        "RSA-PSS: a signature over another digest",
        &hex!(
            "941e0706e8f79855efb5f95fcf1383d1b4599b40c379dd2ba94a8bd9e2d5ec5c"
            "18e69f52a41ba49144cd529767af44d03a3ac7aab8c761577a50058f4b19fb43"
            "6db98cf1ecb59496360679ff873278e2a15954adc90a71275ed94b411bebae22"
            "a05ffe89eac7a9149ff7dc64db9e9fc6bf65b24698572dbc98980bda2b295d4b"
            "b2840f4c6c5d4b8e4f589d5e8750707a8b514960824cace819a70c971f3d70e7"
            "73fe4aeaea1a2bd97a99cd440687b12e9e44fcf49d97d0c9aa5da3a913c2c55a"
            "cae9a3b1bdd570ab326d2dd0bca90a87d3f5f7147b65a99532e2a0a456a2c501"
            "07e9e18eae30dd6590a53308557e1cbb863239067510fe7e7677d9033280a3f7"
            "12bed96105346f1f8cb9bdbd7644ccb8b8c0622e41855fef6b2b6db72ed4c5b3"
            "e2d69881d872dce0f1ade4e309e202fefea582c1a56b5169cadeba3cc64d3f82"
            "651014f653b5e7c1a547b55d00f0c48b43087fee6f932987aee939da2a9cfefa"
            "96799ae370e52e83e765380b1b020704b6ebc11a9af64f3bf91f52eefdf2e3e5"
        ),
        &PSS,
    ),
    refused(
        "RSA-PKCS1: a signature over another digest",
        &hex!(
            "910718987a769bc368d6be8207c56c450f09e3d59fc5310a4184130acac2b26e"
            "2d4381e556cf7c80fc903cbfd63df174a8a845d63483a90b92d0dc0794403a5e"
            "19b23a6bedb9ad03990f3369c18cf1a04f6195e817a13d9e1b758d2abd0a6ec6"
            "4ea13d310e0d9b28b1fbb484061bd36edc1fefc710bd05021bbde887886905e5"
            "62543c268538fc71e47a129999e093c1c6d2ca621251238183415ed1768a8ce3"
            "ac0814201adb274e8ca42e7ba5258e85229b3f1d1b17b5b66b4de85c9537d1f3"
            "8845ccaad5881a8a1f1775da052bf5ba89cf11b22773ef1ddb838c5f48ab8115"
            "3b8cba1b484356e3c3c44c4942d1bb625c197bac6e86c045c68f6fb2a5b1e1c1"
            "34a77319587a21eea8c6e4ad23de47cfe193d10c3c64abfc900ffbce3d70a8a0"
            "756d3aa7d615f0c8b52921b8cfa9049e215a9a5ac7c880aba5f7bf116fd463e4"
            "2402ae3453f76ff811a2cf11279e7d39dcc1c1a8e83661f4b49c0872387e7527"
            "9632a8ce2f7110afc4c7237782e95f90133643e778b12389c99a8e4fb28cda81"
        ),
        &PKCS1,
    ),
    // Congruent to the honest value, and so refused only by the range.
    refused(
        "RSA-PSS: a signature of s + n",
        &hex!(
            "bcd3cca819a14cb4a56e0208d5eb1427e2d9a0ac42b93ee1086dbc19d02cb4ed"
            "a08cc1580ddf2cc0c6a117b4e6ad7a7b7e42a3233f6d8c7da10fedb0b2846154"
            "0afec32ad29c3d60be8d067beb81a3561203b071aaace8422fd9bd7a0ddf6354"
            "6d777b0d92f39279808dea023f2f79150a758f0f42393567aa9e0df48e7784ee"
            "74f60cb4454e08c7065b1b80d4c10e88cadd24dd972b25be90e1ef1b375ee3c2"
            "0e5f9b4a69f36815bfd6c7b0039ce9431868d14d1c976729bb5d2becb5cfd870"
            "c500bdfa53286beb7f05a549b9ad69b491f844caccb20b81d4b907b8e3cf38b4"
            "77cedb4a283c39e1bcb87d1342a6ce1484b7a7d819d05c8490b341959bd3d0ac"
            "0d7fa91a49c36f6364693772afb3704311f98bb6914821813b5c61e5b1659c7f"
            "856a5545bf3aeeff9dd2a177e75232803a46c545948c2f9e6ea78a8d87370644"
            "1e7ea5b0adf1a4c0b4363f09ff295c94e73ce72b66e19d39a29e9f0503776071"
            "0cafe5c481aee1f7982fc4123d1421ed2406f268dbff43f1b9bd0b557c127a35"
        ),
        &PSS,
    ),
    refused(
        "RSA-PSS: a salt of 0 bytes",
        &hex!(
            "0206ffee43ead27c531497174b19d62da1d1b3713964fdcba3f9451c25f22ef0"
            "5791b73a241f96e28f253ec40b4ad4b7d65973a4f6f2c3c2e3b8e159d000ee90"
            "fb07348c0e4ba42bb034f0511b8aa5a33307e6025b435023524236341fb38b1d"
            "7d36b3f71cc53671ff3fbae2abc2d4b93cff3658f2a16584775936740c357ba4"
            "f0f232c4edfeee2decae2cd70190d9addd3621ab2bae130a155d84b9ef0b3acf"
            "66e5a1c7f9261093d9d4db92729120f536e2a601dfd3898b7ffdee7d3065de34"
            "272b71cfd9dbf9f05bdb5e3b460057bc2e40eb21ed7aeae420ceddeebe5ae351"
            "8faabf0eadd4bf1f5c95b4dc9c2ae08cc4cc255f401d7e1a8b19b21ef0c2e978"
            "d2950bf7d6d6682822bcd7726919a3d118f62003b1726dca22c0f4bdf745b403"
            "edcc385be59106a701ffd237fd5b00be6e3c964d2578343fac7d4f637b97361a"
            "7c6ac21eb7a375f665b54278ffbef9a67066554287733cfe8db38b943d37f3a5"
            "9ec1374e7c5b060face54f6e8b1b1bf9b28c18f9648eab73412c902da21cb4bf"
        ),
        &PSS,
    ),
    refused(
        "RSA-PSS: a salt of 20 bytes",
        &hex!(
            "1a2037a7a142f7e23333d08f8e40387482dceca193f15ab04a763ba79929e3af"
            "a32e128dd522a341274c11c836f202fc38aee03ca9a48566c4334b99008f34ef"
            "fddfe85a16cfed527c86c23a4a5cefe459d6bf39299afbf080a076372eaa8d7d"
            "1bff89f8ad8d0f93fd92dd76f830dabe597f7371c717e9c2bf2335198c7b3943"
            "a35789f3f04cd298798b9f34c5d7bdb38cedfb4e5ea0802210a7a8e322527395"
            "fac07cc6616c6d21b3bfab2427cbe798ce76f21346fc97329a7843f5420492e9"
            "f908bcdfdb157d714df144a4587b8dc72917157b293c9c5208c26cae06d9bfab"
            "5898c1900fd6042908a5d1dfeb9df6ce7745213f348ef5e8c28c83481127e376"
            "99b23f7655eeb89c0a402639bbd78fe66cfb05bb1cefb9b8b2d957441deaba1b"
            "af0dec7cad5b7721c8a051c8fd539870f19948a257e6e4c5e3401fde1da66254"
            "72b87c4876d4db34fc9d8272a40f33a373c04db4f1056f8a082827c45e1b38e5"
            "2e62b7d13efc1eff7325bce0cef63462da75b6a876bf31c68043b3dd82bd8b80"
        ),
        &PSS,
    ),
    refused(
        "RSA-PSS: a salt of 64 bytes",
        &hex!(
            "83e33bdd1ce77694903e95117316ae282879e21e079aff745a9af9c66930f31b"
            "4853ba3f6d2c7ad870de2cb4c9c3d6e81e0b46061129068f44b3f36121dbc69b"
            "7a78347847b52cde5beb6c75a4faae5b322c8de8bf15c069fa8290df12501ab7"
            "5aa2526e8101815b9d13db95afcb64ef40ac7ddf7fffbacba724f1c596431fc5"
            "38239c615e45d733683a50f2b50006ed4a3975228dd5c55551af16f0b4c2f6a3"
            "894bcee24a6aafdd523e9f1b0efb02085040ae4af466d262f6f222547aac56e9"
            "73ff8dc6be2c6a8208483f910f21382cdd7bb1366ef9c466376938ab58bf99fd"
            "a2357762e10610ae5cec1dd5bd2e2791b6b42f200d09a62e782ca44b52e8e5d8"
            "2ccf6a3a5cad8bcff06b5df5d642e076970bf867cddb533a27d59e77ff1046d0"
            "2e7d6380309a8a18c43eba3390d7b0fed0e34f8138283626cc50f0a2d3554c4e"
            "6976bdc3d3f562f782d55f4011fa7d08a7d09fa22ddd1e5c9793a01d451ec142"
            "4714085327151c2beb15e6bb739848701e8dad990deba502c5c143d3933889bd"
        ),
        &PSS,
    ),
    refused(
        "RSA-PSS: MGF1 with SHA-1",
        &hex!(
            "39f091eec2c86596da39be9395c95d6496f2eb406495191d3d3ca3eb8d2054f1"
            "2b39abf1c5ea0089f8882d1f53daabf6bc11c052c0c979ac0bcbf8a66607579b"
            "cbe6c56aee5e41467244e91570b9dc73ec43e431c9b37b335d69d793f15599e2"
            "1eb08a0769bb4899096cdcf466ae1771c972191eefbe37ccc742606c52b6cdd0"
            "38f7a3a27d036fefc84751b6d7fe467730e1d7915f45ea75d1c86970ec1e10fc"
            "300acf21b95e789f1a1edfbf3b115927f127df5e0230b58e5bc820406a69b94e"
            "29e201aad30770d43fd297b434ce3453d9efa9a9f67b29aa5e34b1e10415272a"
            "650257cb662d252600cb8d094b28de47e3df4e49acb6aa5973c78b1d7f039892"
            "532c4df090270e723c9fb219bbc76f34eef7d61ca7e119da1e8c6e7a6eff418e"
            "b485092bf31cfa751be7dec4e5cb50ffb87b53f147c743ad0199ea8212e583c0"
            "3c4ec2a8be4facc498d92a57b5ecd51d9893983bfa692ad588043042f52b9929"
            "886250ab159c86a9471d8fca6aea319abe4ef2df7431b4aa7e59e84b5f1355ee"
        ),
        &PSS,
    ),
    refused(
        "RSA-PKCS1: a digest without its DigestInfo",
        &hex!(
            "8a1e1630fb0a91954d4769829fde09197723222d4f68e7074adbfda874d4405b"
            "6469ce7915f7060b19218c35450a0fb21634b36584093fccfa7f4200c825190a"
            "ca51de7b24154acfd9ba7724963275502dd133a4b481ab7e34b8d55d0ea61d9c"
            "1fedfafbc9875d8ade81c81aea7e02afb62c5544d1ea7a0403bc65d6ed5b24c7"
            "7ff626308bca7d2e5b3260befb517f8f3b779aac6f33c70c64e2472a77582b3f"
            "845140de8ce941b49b28043311fc00c26fac10323f6fc586cb88214ad9469805"
            "a16cb6c877f5696e22f409640446ea5fbcc2a510529365e00f7fc127a9cb3050"
            "0ea4a26940760ec24efec797a270d3c69bce7e7a9e931377d2f2796235a67b81"
            "dd0d35a8ae6c670d42e2ef0a8194c3ae1cd32673cc7d633e2e6b8356c707cf9d"
            "7b961709253a37979e1c7f82198588f5daeb8e2def4f1d26017ad4794bafd4a6"
            "ad2c60505c8e8aae4d18539d89aafcd6b24d71130f988aa4e5e0fc0f043f8e66"
            "cf68362a5931664a6e4f9802e7c193a924d64c12ba3c1368551c0f22464c2e8c"
        ),
        &PKCS1,
    ),
    refused(
        "RSA-PKCS1: a DigestInfo of another hash",
        &hex!(
            "6dfa8edfe67dc15d141d67ca77d190f91276e68447d89738f77008d26f87996c"
            "9957a363f2d8ff577e3ae5a8abe877bf0d2eb1123ee3a32d0f436e1ab407ae65"
            "d8f7f85f935ffd791a6924033521c14a0369a89c47172599fb6b5f4c738e4084"
            "fc83445a61d13f5727f1596850136a164ad0991d3fce6bd0de4c6e8431ec6d33"
            "5827d22ecd408cd263d4b6e7f8528139b8fa4d9617fa3c0d7a407771e0eb4639"
            "4890270e75883f69180780f0bb08741300fc0734f7a90f3b79684882dd6d4ce3"
            "2a60208c6cccdc57157fbd73d2bb034e384a5ffee04314a45b4f442436b44b5b"
            "a24444ef4a3cff247e4ad30c03952315bbaad8e1e357709072910c7cf38291e5"
            "05d9c4de722a40131e683f710010d94d05151d2f35c17f537993bbe0c4c93215"
            "cddb11b40eaefc8f442f876198f72e716869001099a09f672b52942ede1d8c89"
            "44f54b99f6bdd1a535a0fff2d788d64e6701fa4a20f9d1bc14cdb229affccffe"
            "5d619fbb5df6bdf89f53af5589ff418e571e9436d78e9cc5e9886d416aebbb62"
        ),
        &PKCS1,
    ),
    refused(
        "RSA-PKCS1: a DigestInfo without parameters",
        &hex!(
            "a9337e801d13d6f5911b528314d3f6b762667b744424e47968a9b3cb8e57ab25"
            "dfe6bcd9d3b36a1dd8e96421ca7d58e2700d653362a0dd2a7777b7e644934b59"
            "0d0c26fb66c3fb27ada527ba946cb3ddd4ce42b66d93cdd219d12d4256cfc4b4"
            "69b4584afe73ea4d12178bd2c52220544406be92853d4397670d7c26181d90bc"
            "f955f52ffb2c7006cead4fc58fda78adcbb29dcdf87994093accbdea16b62263"
            "fb898a9b47015815707be26f255ff640ff28b9418ca27d6e65d362439751feba"
            "300634025f6cae58dd0143c3dbb26713112d23b3d22e3fab77bcd86479ed1b4e"
            "adcb0477358924ff98f918874f79f0130c69ac1a9638558b63d2fab229e5dfe5"
            "358a0998e2f226ecfe7b889b5e50f30f5c736b43961b3121ec468ebb245d9a07"
            "d68291466989123a1c6bfc6f8a2384d73496539fc9daf0976669ca0d8a2e6158"
            "9ba5af4c2bb7c79cae91ea222ca5dec41622dd5b00ac3b7e469d168f08748d71"
            "b5b1098e6e127af0a098e3c5d7e010d42795e37870d8d7a7181b152210793fb1"
        ),
        &PKCS1,
    ),
    refused(
        "RSA-PKCS1: padding of eight bytes and something after the digest",
        &hex!(
            "57b47673e6b2cf8a8297bc5ea9127b0cb8fc2dae2371371617ebd904900ebe8f"
            "8a6ae88a81750d66ba4db390ef5585f9b5f2cc5c37e73eb008795a42f2460f00"
            "58959fd7b839d3565201fb96366d962af7f1b3a63b2f62b13d902ff16ccc683f"
            "46c298b4911f7b3f9093a4e17d2ac1d822b07de5edaa9eb8f23cdce7abaf0f4c"
            "6dec575d453c3ce96435f9779ddf1841fe2be20e61d7ebc569e2e026493faf24"
            "4a035b7d4fc0729b7025cfb94e81170aa257ef074fc57a5b96af65fa01950b28"
            "64b89a5cad1907a12e3540f88726ffbca0afdc9d7041be6c76e392fea7a4bb35"
            "2c0f8204af1b97ecfb467ab65c4fd2a5a3bc5c49796be0333e471240c5fa8fdb"
            "ca37cb76e03fc2eeb58beff514418bcaaa311f322bd16a0224689ff8f7860d5c"
            "67e36435405a1b5ac262cebb5e7ae6ba6c1dae050148edb63f469fa26fe96066"
            "100349d5af8a23459086beab192102b0c8ab4017e0da835782d3e74b01e1756a"
            "300f7db7b7a1b4caa2fd993db9fc92a2581254d93da4e3e2a4c2d4fe936d103d"
        ),
        &PKCS1,
    ),
];

/// A public key, or what only looks like one.
const fn key(name: &'static str, algorithm: Algorithm, bytes: &'static [u8], good: bool) -> Key {
    Key { name, algorithm, bytes, good }
}

/// Public keys, and bytes that only look like one.
pub(crate) const KEYS: &[Key] = &[
    key("RSA-PSS: public key", Rsa3072PssSha256, &KEY, true),
    key("RSA-PKCS1: public key", Rsa3072Pkcs1Sha256, &KEY, true),
    key("RSA: exponent 65539", Rsa3072PssSha256, &changed(KEY, 397, 3), false),
    key("RSA: modulus of 3071 bits", Rsa3072PssSha256, &changed(KEY, 9, 0x7f), false),
    key("RSA: even modulus", Rsa3072PssSha256, &changed(KEY, 392, 0), false),
    key("RSA: no sequence", Rsa3072PssSha256, &changed(KEY, 0, 0x31), false),
    key(
        "RSA: exponent 3",
        Rsa3072PssSha256,
        &hex!(
            "308201880282018100aefb56f803ce678f1225f0e7dc222874e414c1affe9549"
            "0eea2cb026d185d20420399f77122bce7542ec9a074e6a2cc4a3643f6a4620e7"
            "dc3870f1b84af627b32f00e720084966aad4032d08a511af940723c73cf09422"
            "236e3e1140c73ac30b977df57a16fd37897822ab07976ae9ce615add4bf06a1a"
            "b01b71e481fb93498e8ccdbbfa31b3a60dc89b32bc9d3c0595005ef6b3aab168"
            "c629b3e0f32dd444eef7bccb6708199f63298460f7bc12126556c7ef6f1ecd70"
            "a4639b5b861e292a6585bcd322d96b68d2a3600533c37a3be5f9a74434b1ce26"
            "81b9e431d3693e42786730b3f44c5ed246d79eab72e38f55fd4f66ba4108cbc9"
            "abd42725af2ea989d7e0c908008b101af3afb916b3f29e3dcdc1c763c214963d"
            "a96b0a1a62948d4ee2a20648e27904086a6028b6606e1ab605a3bfbaddbe5499"
            "ea0b900b6dab62df4e7df4fa0eb9146fa276d3b580775ac9afbb5ceccabc9f40"
            "f946c1f5cffcf53df9077e15586414bd090a2647de1c967ccba29fbe25cb89fa"
            "0a913a9e52c43f686f020103"
        ),
        false,
    ),
    key(
        "RSA: exponent with a zero before it",
        Rsa3072PssSha256,
        &hex!(
            "3082018b0282018100aefb56f803ce678f1225f0e7dc222874e414c1affe9549"
            "0eea2cb026d185d20420399f77122bce7542ec9a074e6a2cc4a3643f6a4620e7"
            "dc3870f1b84af627b32f00e720084966aad4032d08a511af940723c73cf09422"
            "236e3e1140c73ac30b977df57a16fd37897822ab07976ae9ce615add4bf06a1a"
            "b01b71e481fb93498e8ccdbbfa31b3a60dc89b32bc9d3c0595005ef6b3aab168"
            "c629b3e0f32dd444eef7bccb6708199f63298460f7bc12126556c7ef6f1ecd70"
            "a4639b5b861e292a6585bcd322d96b68d2a3600533c37a3be5f9a74434b1ce26"
            "81b9e431d3693e42786730b3f44c5ed246d79eab72e38f55fd4f66ba4108cbc9"
            "abd42725af2ea989d7e0c908008b101af3afb916b3f29e3dcdc1c763c214963d"
            "a96b0a1a62948d4ee2a20648e27904086a6028b6606e1ab605a3bfbaddbe5499"
            "ea0b900b6dab62df4e7df4fa0eb9146fa276d3b580775ac9afbb5ceccabc9f40"
            "f946c1f5cffcf53df9077e15586414bd090a2647de1c967ccba29fbe25cb89fa"
            "0a913a9e52c43f686f020400010001"
        ),
        false,
    ),
    key(
        "RSA: modulus of 2048 bits",
        Rsa3072PssSha256,
        &hex!(
            "3082010a0282010100b8db316bbe27d31998da7acbe42c88db797e8fc897a0bf"
            "27062032dd20b48fc86bba9a22e01e602b3766e909879ec7fe1518b24b0cd005"
            "7a2e925c7b64fd583046788c299f582fa2633c0568178483c1c5112c60f5f026"
            "40e53c51c9c21a9cf67a9e8a096b4c8f0bc472c072d410d49aa11466d08d39ed"
            "9d86f351a381e9dbd187eb578b132f794bbd91c9cec082079775e644be89c209"
            "820fbfd3242e702d6b1723cc233d8cfb239987a080d5cf4ce0c6a90d305c3995"
            "8e03e6310bb58a4ee434ceb5dc940becb8df75b4c90ca55d1f5523c11649529e"
            "f8bbf705d7304e66c1b90280f17b44ef988cf0d33c74ccbbf5f45f4835634c10"
            "d2e1001ce3a430d7df0203010001"
        ),
        false,
    ),
];
