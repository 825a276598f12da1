/** Passwords that everybody tries first, in lower case; those under ten characters also count with digits behind. */

export const commonPasswords: ReadonlySet<string> = new Set(
  `password passw0rd p@ssw0rd p@ssword qwerty qwertyuiop qwerty123 qwer1234 qazwsx qazwsxedc 1qaz2wsx 1qaz2wsx3edc
1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y zaq12wsx asdfgh asdfghjkl asdf1234 zxcvbn zxcvbnm abc abcd abcdef abcdefg abcdefgh
abcdefghij abcd1234 abc123 a123456 aa123456 aaa111 admin administrator admin123 root root123 toor guest user test
test123 demo default changeme changeit letmein welcome welcome1 login master secret access shadow dragon monkey
football baseball superman batman trustno1 sunshine princess iloveyou iloveyou1314 woaini woaini1314 woaini520
5201314 1314520 woaiwojia nihao nihao123 zhongguo china huawei huawei@123 hikvision hik12345 hik12345+ dahua
dahua123 siemens system manager operator engineer plc scada hmi modbus hazgate hazgate123 gateway hazard chemical
plant factory safety security anquan huagong gongchang guanliyuan mima mima123 hello hello123 computer internet
service support support123 supervisor monitor station officer viewer installer company public private temp temporary
0123456789 1234567890 12345678910 123456789a 1234567890a 0987654321 9876543210 11223344556 1122334455 1212121212
1231231231 123123123123 123456123456 123321123321 147258369 1472583690 159357 159753 987654321 999999999 88888888
6666666666 8888888888 0000000000 1111111111 2222222222 3333333333 5555555555 7777777777 9999999999 asdfasdf
asdfasdfasdf qweasd qweasdzxc qweasdzxc123 qwe123 qwe123456 q1w2e3r4 q1w2e3r4t5 qq123456 qq123456789 wang123456
zhang123456 li123456789 woshishui woshinidie correcthorsebatterystaple`.split(/\s+/),
);
